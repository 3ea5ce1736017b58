"""What a result was computed with, as far as its numbers may depend on it."""

import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mishear.core.tables.base import Table
from mishear.core.tables.shared import computed

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


def write_computed(
    table: Table,
    rows: Iterable[Mapping[str, Any]],
    path: str | Path,
    device: "torch.device | None" = None,
    also: Sequence[str] = (),
) -> None:
    """Write rows together with what this process computed them with.

    Parameters
    ----------
    table
        The table without the columns of the environment.
    rows
        As :meth:`mishear.core.tables.base.Table.write` takes them.
    path
        The CSV file.
    device
        Where they were computed; None: on the CPU.
    also
        Packages besides :data:`LIBRARIES` that they depend on.
    """
    import torch

    environment = asdict(environment_of(device or torch.device("cpu")))
    versions = (f"{package} {_version(package)}" for package in also)
    environment["libraries"] = ", ".join([environment["libraries"], *versions])
    computed(table).write(({**row, **environment} for row in rows), path)


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
