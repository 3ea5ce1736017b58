"""A GPU is held by one job at a time, and free again when that job is gone, however it went."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mishear.runtime import gpus
from mishear.runtime.gpus import leased_gpu, usable_gpus

HOLD = """
import sys, time
from pathlib import Path
from mishear.runtime.gpus import leased_gpu
folder, jobs_per_gpu, seconds = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
with leased_gpu(jobs_per_gpu, folder) as gpu:
    print(gpu, time.monotonic(), flush=True)
    time.sleep(seconds)
    print(gpu, time.monotonic(), flush=True)
"""
"""Two simulated GPUs: no driver answers here, so their names are taken as they are."""

pytestmark = pytest.mark.skipif(
    bool(gpus._installed_gpus()), reason="the GPUs of this machine would take the place of ours"
)


def start(folder: Path, jobs_per_gpu: int = 1, seconds: float = 0.3) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), str(jobs_per_gpu), str(seconds)],
        env=os.environ | {"CUDA_VISIBLE_DEVICES": "0,1", "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )


def held(process: subprocess.Popen) -> tuple[str, float, float]:
    (gpu, began), (_, ended) = (line.split() for line in process.communicate()[0].splitlines())
    return gpu, float(began), float(ended)


def most_at_once(times):
    """The largest number of intervals that overlap."""
    steps = sorted([(began, 1) for began, _ in times] + [(ended, -1) for _, ended in times])
    running = [sum(change for _, change in steps[: i + 1]) for i in range(len(steps))]
    return max(running)


@pytest.mark.parametrize("jobs_per_gpu", [1, 2])
def test_no_gpu_is_held_more_often_than_allowed_and_all_are_used(tmp_path, jobs_per_gpu):
    leases = [held(process) for process in [start(tmp_path, jobs_per_gpu) for _ in range(8)]]
    by_gpu = {gpu: [(b, e) for name, b, e in leases if name == gpu] for gpu in ("0", "1")}
    assert sum(map(len, by_gpu.values())) == 8
    for times in by_gpu.values():
        assert times
        assert most_at_once(times) <= jobs_per_gpu


def test_a_killed_jobs_gpu_is_taken_within_two_seconds(tmp_path):
    holders = [start(tmp_path, seconds=600) for _ in range(2)]
    gpus_held = [process.stdout.readline().split()[0] for process in holders]
    assert sorted(gpus_held) == ["0", "1"]
    waiting = start(tmp_path, seconds=0)
    time.sleep(2)
    assert waiting.poll() is None
    killed = time.monotonic()
    holders[1].send_signal(signal.SIGKILL)
    gpu, began, _ = held(waiting)
    holders[0].kill()
    assert gpu == gpus_held[1]
    assert 0 <= began - killed < 2


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        ("0,1", ["0", "1"]),
        ("GPU-8932f937, MIG-c7384736", ["GPU-8932f937", "MIG-c7384736"]),
        ("1,1", ["1"]),
        ("", []),
        ("-1", []),
        ("0,-1,1", ["0"]),
        ("NoDevFiles", []),
    ],
)
def test_a_preset_choice_is_the_pool(monkeypatch, visible, expected):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert usable_gpus() == expected


INSTALLED = [["GPU-aa"], ["MIG-b1", "MIG-b2"], ["GPU-cc"]]


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        (None, ["GPU-aa", "MIG-b1", "MIG-b2", "GPU-cc"]),
        ("2,0", ["GPU-cc", "GPU-aa"]),
        ("1", ["MIG-b1", "MIG-b2"]),
        ("MIG-b2", ["MIG-b2"]),
        ("GPU-c", ["GPU-cc"]),
        ("0,7,2", ["GPU-aa"]),
        ("0,GPU-aa", ["GPU-aa"]),
    ],
)
def test_one_gpu_has_one_name_where_the_driver_answers(monkeypatch, visible, expected):
    monkeypatch.setattr(gpus, "_installed_gpus", lambda: INSTALLED)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert usable_gpus() == expected


def test_a_job_that_slurm_gave_no_gpu_takes_none(monkeypatch):
    monkeypatch.setattr(gpus, "_installed_gpus", lambda: INSTALLED)
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert usable_gpus() == []
    with leased_gpu() as gpu:
        assert gpu is None


def test_jobs_of_a_scheduler_do_not_wait_for_each_other(monkeypatch, tmp_path):
    """A scheduler may give one GPU to two of its jobs: that is its choice."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    with leased_gpu(folder=tmp_path):
        monkeypatch.setenv("SLURM_JOB_ID", "8")
        with leased_gpu(folder=tmp_path) as gpu:
            assert gpu == "0"


def test_the_environment_is_left_as_it_was(monkeypatch, tmp_path):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,4")
    with leased_gpu(folder=tmp_path) as gpu:
        assert os.environ["CUDA_VISIBLE_DEVICES"] == gpu == "3"
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "3,4"


def test_without_the_package_that_lists_them_there_are_no_gpus(monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "pynvml", None)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert usable_gpus() == []
    assert "pip install nvidia-ml-py" in caplog.text
