"""The device a job computes on."""

import logging
from typing import Literal

from mishear.errors import UserError

log = logging.getLogger(__name__)


def use_one_thread() -> None:
    """Let torch compute with one thread and with deterministic algorithms.

    Jobs run side by side instead, and sums do not depend on how many cores there are.
    """
    import torch

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True, warn_only=True)


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
