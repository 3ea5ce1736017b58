"""The device that is computed on is said."""

import logging
import os
import subprocess
import sys

import pytest
import torch

from mishear.core.errors import UserError
from mishear.runtime.devices import device_for

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


def test_a_job_computes_on_its_device_and_logs(tmp_path):
    job = (
        "import logging, sys\n"
        "from types import SimpleNamespace as Of\n"
        "from mishear.core.errors import UserError\n"
        "from mishear.runtime.devices import job_on_device\n"
        "resources = Of(device='cpu', jobs_per_gpu=1)\n"
        "files = {'log': [sys.argv[1]], 'input': [], 'output': []}\n"
        "given = {'params': Of(code='0123456789ab with torch 2'), 'resources': resources}\n"
        "with job_on_device(Of(**files, **given)) as device:\n"
        "    import torch\n"
        "    assert device == torch.device('cpu')\n"
        "    assert torch.get_num_threads() == 1\n"
        "    raise UserError('told')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", job, str(tmp_path / "job.log")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "2"},
    )
    assert done.returncode == 1
    assert (tmp_path / "job.log").read_text().endswith("ERROR told\n")
