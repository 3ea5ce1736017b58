"""The device a job computes on."""

import ctypes
import logging
import platform
from typing import Literal

from mishear.errors import UserError

log = logging.getLogger(__name__)


MALLOC_TRIM_THRESHOLD, MALLOC_MMAP_THRESHOLD = -1, -3
"""Parameters of ``mallopt`` in glibc's ``malloc.h``."""


def use_one_thread() -> None:
    """Let torch compute with one thread, and cuDNN with deterministic algorithms.

    Jobs run side by side instead, and sums do not depend on how many cores there are.
    (``torch.use_deterministic_algorithms`` would add 1.5 s to the start of every job; what the
    jobs compute is deterministic on the CPU without it.)
    """
    import torch

    _keep_freed_memory()
    torch.set_num_threads(1)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False


def _keep_freed_memory() -> None:
    """Reuse the memory of one batch for the next instead of giving it back to the kernel.

    The page faults this avoids are a fifth of an attack's time. Only glibc can be told so.
    """
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(MALLOC_MMAP_THRESHOLD, 32 * 2**20)
        libc.mallopt(MALLOC_TRIM_THRESHOLD, 2**30)


def select_device(wanted: Literal["auto", "cpu", "cuda"]):
    """Choose the device, and see to it that the same config gives the same numbers on it.

    Parameters
    ----------
    wanted
        The config's ``device``.

    Returns
    -------
    torch.device

    Raises
    ------
    UserError
        If ``cuda`` is wanted and there is no CUDA GPU.
    """
    import torch

    use_one_thread()
    available = wanted != "cpu" and torch.cuda.is_available()
    if wanted == "cuda" and not available:
        raise UserError(
            "device: cuda, but torch finds no CUDA GPU. Use device: auto or device: cpu."
        )
    if wanted == "auto" and not available:
        log.info("no CUDA GPU found: computing on the CPU")
    return torch.device("cuda" if available else "cpu")
