"""What a killed run leaves is removed; what a living one holds is left alone."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from mishear.core.errors import UserError
from mishear.runtime.locks import alone

REGISTER = """
import sys, time
from pathlib import Path
from mishear.runtime.locks import register_run
print(*register_run(Path(sys.argv[1])), flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def start(tmp_path):
    """A function that starts a run and waits until it is registered."""
    started = []

    def run(seconds):
        process = subprocess.Popen(
            [sys.executable, "-c", REGISTER, str(tmp_path), str(seconds)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        process.said = process.stdout.readline().strip()
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def lock(tmp_path):
    (tmp_path / "locks").mkdir()
    lock = tmp_path / "locks" / "0.output.lock"
    lock.write_text("results/summary.csv\n")
    return lock


def test_a_killed_runs_lock_is_removed(start, lock):
    lock.unlink()
    first = start(600)
    lock.write_text("results/summary.csv\n")
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert start(0).said == ""
    assert not lock.exists()


def test_a_living_runs_lock_is_left_and_the_run_is_named(start, lock):
    lock.unlink()
    first = start(600)
    lock.write_text("results/summary.csv\n")
    said = start(0).said
    assert f"process {first.pid} on {socket.gethostname()}" in said
    assert lock.exists()


def test_runs_on_other_machines_count_as_living(start, lock, tmp_path):
    runs = tmp_path / "mishear" / "runs"
    runs.mkdir(parents=True)
    (runs / "7@elsewhere").touch()
    assert "process 7 on elsewhere" in start(0).said
    assert lock.exists()


def test_a_run_that_ends_leaves_nothing(start, tmp_path):
    start(0).wait()
    assert list((tmp_path / "mishear" / "runs").iterdir()) == []


def test_alone_is_refused_beside_a_run_and_lets_none_begin(start, tmp_path):
    running = start(60)
    with pytest.raises(UserError, match=f"process {running.pid} on"), alone(tmp_path):
        pass
    running.kill()
    running.wait()
    with alone(tmp_path):
        began = subprocess.Popen(
            [sys.executable, "-c", REGISTER, str(tmp_path), "0"],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        with pytest.raises(subprocess.TimeoutExpired):
            began.wait(2)
    assert began.communicate(timeout=20)[0].strip() == ""
    assert began.returncode == 0
