"""What a result was computed with, as far as its numbers may depend on it."""

import platform
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

LIBRARIES = ("torch", "torchaudio", "numpy", "scipy", "foolbox", "pyautoattack", "soundfile") + (
    "pyroomacoustics",
)
"""Packages whose version may change a number."""


@dataclass(frozen=True)
class Environment:
    """A machine with its libraries, see :data:`mishear.core.tables.shared.ENVIRONMENT`.

    Attributes
    ----------
    device : str
        ``cpu`` or ``cuda``.
    gpu : str
        Model of the GPU; empty on the CPU.
    cpu : str
        Model of the processor.
    cpu_capability : str
        Instruction set that torch uses on it. Another one sums in another order, after which a
        training ends elsewhere.
    threads : int
        Threads that torch computes with.
    libraries : str
        Names and versions of :data:`LIBRARIES`.
    """

    device: str
    gpu: str
    cpu: str
    cpu_capability: str
    threads: int
    libraries: str


def environment_of(device: "torch.device") -> Environment:
    """Return what this process computes with on a device."""
    import torch

    return Environment(
        device=device.type,
        gpu=torch.cuda.get_device_name(device) if device.type == "cuda" else "",
        cpu=cpu_model(),
        cpu_capability=torch.backends.cpu.get_cpu_capability(),
        threads=torch.get_num_threads(),
        libraries=library_versions(),
    )


@cache
def cpu_model() -> str:
    """Return the model of the processor as the system calls it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                name, _, value = line.partition(":")
                if name.strip() == "model name":
                    return value.strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


@cache
def library_versions() -> str:
    """Return names and versions of the libraries, as ``torch 2.11.0, numpy 2.4.1``."""
    return ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
