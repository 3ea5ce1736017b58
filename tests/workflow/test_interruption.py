"""A run that is killed at any moment is completed by the same command, with the same numbers."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.workflow.test_tiny_study import summary

KILLS = int(os.environ.get("MISHEAR_KILLS", "4"))
"""More for a longer run: MISHEAR_KILLS=25 pytest tests/workflow/test_interruption.py -k kill"""

SEED = int(os.environ.get("MISHEAR_KILL_SEED", "0"))


def numbers(project):
    rows = summary(project)
    for row in rows:
        del row["seconds"]
    return rows


def start(project, *arguments) -> subprocess.Popen:
    """Start a run in a session of its own; what it prints goes to ``run.log``."""
    command = [sys.executable, "-m", "snakemake", *arguments, "--cores", "2"]
    with (project.folder / "run.log").open("w") as log:
        return subprocess.Popen(
            [*command, "--configfile", "config/study.yaml"],
            cwd=project.folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


def printed(project) -> str:
    return project.text("run.log")


def wait_for(process, condition, seconds=120):
    """Wait until a condition holds or the process has ended."""
    end = time.monotonic() + seconds
    while not condition() and process.poll() is None:
        assert time.monotonic() < end, "nothing happens"
        time.sleep(0.05)


def processes_of(process) -> list[int]:
    """Living processes of the session of a process that may be gone itself."""
    done = subprocess.run(
        ["pgrep", "--session", str(process.pid)], capture_output=True, text=True, check=False
    )
    return [int(line) for line in done.stdout.split()]


def ends_within(seconds, process) -> bool:
    """Whether all processes of a session end soon."""
    end = time.monotonic() + seconds
    while processes_of(process) and time.monotonic() < end:
        time.sleep(0.1)
    return not processes_of(process)


@pytest.fixture
def kill(project):
    """A function that starts a run, kills it after some jobs, and says whether it was alive."""

    def start_and_kill(jobs, delay, whole_session):
        process = start(project)
        wait_for(process, lambda: printed(project).count("Finished jobid") >= jobs)
        time.sleep(delay)
        alive = process.poll() is None
        if whole_session and alive:
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
        return alive, process

    return start_and_kill


def test_a_killed_run_is_completed_with_the_same_numbers(finished, project, kill):
    moments = random.Random(SEED)
    for number in range(KILLS):
        jobs = moments.randint(0, max(1, 2 * 36 // KILLS))
        delay = moments.uniform(0, 4)
        alive, process = kill(jobs, delay, whole_session=moments.random() < 0.5)
        print(f"kill {number}: after {jobs} jobs and {delay:.1f} s, {alive=}")
        assert ends_within(20, process), "jobs outlive the Snakemake that started them"
        assert "Traceback" not in printed(project)
    project.run()
    assert numbers(project) == numbers(finished)
    assert "Nothing to be done" in project.run()
    left = [path for path in project.folder.glob("results/**/*") if ".partial" in path.name]
    assert left == []
    assert list(project.folder.glob("results/**/unfinished.pt")) == []
