"""Choose the device that a job computes on."""

import ctypes
import logging
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from mishear.core.errors import UserError
from mishear.runtime.environment import record_versions
from mishear.runtime.gpus import VISIBLE, leased_gpu
from mishear.runtime.jobs import job_log

log = logging.getLogger(__name__)


MALLOC_TRIM_THRESHOLD, MALLOC_MMAP_THRESHOLD = -1, -3
"""Parameters of ``mallopt`` in glibc's ``malloc.h``."""


def use_one_thread() -> None:
    """Make torch compute with one thread, in float32, and cuDNN with deterministic algorithms.

    Jobs run side by side instead, and sums do not depend on the number of cores. Without this,
    convolutions on a GPU have the 10 bits of TF32, and their results differ from the CPU's.
    (``torch.use_deterministic_algorithms`` would add 1.5 s to the start of every job; on the CPU
    the jobs are deterministic without it.)
    """
    import torch

    _keep_freed_memory()
    torch.set_num_threads(1)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False
    for backend in (
        torch.backends.cudnn.conv,
        torch.backends.cudnn.rnn,
        torch.backends.cuda.matmul,
    ):
        backend.fp32_precision = "ieee"


def _keep_freed_memory() -> None:
    """Reuse the memory of one batch for the next instead of giving it back to the kernel.

    The page faults this avoids are a fifth of an attack's time. Only glibc can be told so.
    """
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(MALLOC_MMAP_THRESHOLD, 32 * 2**20)
        libc.mallopt(MALLOC_TRIM_THRESHOLD, 2**30)


def give_back_freed_memory() -> None:
    """Give the memory of freed tensors back to the kernel, for models that use much of it.

    Otherwise glibc's heap grows with every batch, because pieces of it stay in use.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(MALLOC_MMAP_THRESHOLD, 2**20)


@contextmanager
def device_for(wanted: Literal["auto", "cpu", "cuda"], jobs_per_gpu: int = 1) -> Iterator:
    """Choose a device and hold it, and make the same config give the same numbers.

    Parameters
    ----------
    wanted
        The config's ``device``.
    jobs_per_gpu
        Jobs that may share one GPU.

    Yields
    ------
    torch.device
        ``cuda`` is the one GPU that this process leases, see
        :func:`mishear.runtime.gpus.leased_gpu`.

    Raises
    ------
    UserError
        If ``cuda`` is wanted and there is no CUDA GPU.
    """
    import torch

    use_one_thread()
    if wanted == "cpu":
        yield torch.device("cpu")
        return
    with leased_gpu(jobs_per_gpu) as gpu:
        usable = gpu is not None and torch.cuda.is_available()
        if usable:
            log.info("computing on %s", torch.cuda.get_device_name())
        elif wanted == "cuda":
            raise UserError(f"device: cuda, but {_no_gpu(gpu)}. Use device: auto or device: cpu.")
        else:
            level = logging.INFO if gpu is None else logging.WARNING
            log.log(level, "%s: computing on the CPU", _no_gpu(gpu))
        yield torch.device("cuda" if usable else "cpu")


@contextmanager
def job_on_device(job: Any) -> Iterator:
    """Run the work of a job of the workflow, see :func:`~mishear.runtime.jobs.job_log`.

    Parameters
    ----------
    job
        The ``snakemake`` that a script is given, with ``device`` and ``jobs_per_gpu`` among its
        ``resources`` and ``code`` among its ``params``.

    Yields
    ------
    torch.device
        The device to compute on, see :func:`device_for`.
    """
    with (
        job_log(job),
        device_for(job.resources.device, job.resources.jobs_per_gpu) as device,
    ):
        record_versions(job)
        yield device


def _no_gpu(leased: str | None) -> str:
    if leased is not None:
        return f"torch cannot use the GPU {leased}"
    if VISIBLE in os.environ:
        return f"{VISIBLE}='{os.environ[VISIBLE]}' names no GPU of this machine"
    if "SLURM_JOB_ID" in os.environ:
        return "Slurm gave this job no GPU"
    return "no NVIDIA GPU is found"
