"""The device is said, and memory that runs out makes batches smaller, not results wrong."""

import logging
import os
import subprocess
import sys

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.runtime.devices import device_for, in_batches

needs_no_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")


@needs_no_gpu
@pytest.mark.parametrize("visible", ["0", ""])
def test_auto_without_a_gpu_says_that_it_uses_the_cpu(monkeypatch, caplog, visible):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    with caplog.at_level(logging.INFO), device_for("auto") as device:
        assert device == torch.device("cpu")
    assert "computing on the CPU" in caplog.text


@needs_no_gpu
@pytest.mark.parametrize("visible", ["0", ""])
def test_cuda_without_a_gpu_is_an_error(monkeypatch, visible):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    with pytest.raises(UserError, match="device: cuda, but"), device_for("cuda"):
        pass


def test_cpu_takes_no_gpu(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    with device_for("cpu") as device:
        assert device == torch.device("cpu")


@given(st.integers(0, 100), st.integers(1, 40), st.integers(1, 40))
def test_all_rows_are_worked_through_once_whatever_the_memory_holds(count, batch_size, capacity):
    done = []

    def work(rows):
        if rows.stop - rows.start > capacity:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate much.")
        done.extend(range(rows.start, rows.stop))

    in_batches(work, count, batch_size)
    assert done == list(range(count))


def test_it_says_when_memory_ran_out(caplog):
    sizes = []

    def work(rows):
        sizes.append(rows.stop - rows.start)
        if sizes[-1] > 3:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    in_batches(work, 8, 8)
    assert sizes == [8, 4, 2, 2, 2, 2]
    assert "out of GPU memory with 8 recordings" in caplog.text


def test_memory_for_no_recording_at_all_is_an_error():
    def work(rows):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    with pytest.raises(UserError, match="memory does not suffice"):
        in_batches(work, 4, 4)


def test_a_job_computes_on_its_device_and_logs(tmp_path):
    job = (
        "import logging, sys\n"
        "from types import SimpleNamespace as Of\n"
        "from mishear.core.errors import UserError\n"
        "from mishear.runtime.devices import job_on_device\n"
        "params, resources = Of(device='cpu'), Of(jobs_per_gpu=1)\n"
        "with job_on_device(Of(log=[sys.argv[1]], params=params, resources=resources)) as device:\n"
        "    import torch\n"
        "    assert device == torch.device('cpu')\n"
        "    assert torch.get_num_threads() == 1\n"
        "    raise UserError('told')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", job, str(tmp_path / "job.log")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 1
    assert (tmp_path / "job.log").read_text().endswith("ERROR told\n")
