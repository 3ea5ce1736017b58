"""What a result was computed with, as far as its numbers may depend on it."""

import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mishear.core.tables.base import Table
from mishear.core.tables.shared import computed
from mishear.core.versions import versions_in

if TYPE_CHECKING:
    import torch

LIBRARIES = ("torch", "torchaudio", "numpy", "scipy", "foolbox", "pyautoattack", "soundfile") + (
    "pyroomacoustics",
)
"""Packages whose version may change a number, recorded with every result."""

_decisive: dict[str, str] = {}
"""Those that the code of this job depends on, see :func:`record_versions`."""


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
        Names and versions of :data:`LIBRARIES`, and of others that the job depends on.
    """

    device: str
    gpu: str
    cpu: str
    cpu_capability: str
    threads: int
    libraries: str


def record_versions(job: Any) -> None:
    """Let results record the versions of all libraries that decide them.

    Parameters
    ----------
    job
        The ``snakemake`` that a script is given. ``code`` of its ``params`` is what
        :meth:`mishear.runtime.fingerprint.job_code.JobCode.of` returns.
    """
    _decisive.clear()
    _decisive.update(versions_in(job.params.code.partition(" with ")[2]))
    library_versions.cache_clear()


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
    """
    import torch

    environment = asdict(environment_of(device or torch.device("cpu")))
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
    others = (
        f"{name} {_decisive_version(name)}" for name in sorted(_decisive.keys() - set(LIBRARIES))
    )
    return ", ".join([*(f"{name} {_version(name)}" for name in LIBRARIES), *others])


def _decisive_version(package: str) -> str:
    """Return the version in this process; the job may run in another environment than Snakemake."""
    planned, here = _decisive[package], _version(package)
    return planned if planned.partition(" ")[0] == here else here


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
