"""The memory of this machine, and what it means for jobs that ask for some."""

import re
import resource
from contextlib import suppress
from pathlib import Path

import psutil

LARGEST_JOB_MB = 4000
"""The most that a rule of the workflow asks for."""

_MEGABYTE = 10**6
_CGROUP_LIMITS = ("memory.max", "memory/memory.limit_in_bytes")
_CGROUPS = Path("/sys/fs/cgroup")


def memory_mb(cgroups: Path = _CGROUPS) -> int:
    """Return the megabytes that the programs of this machine, or of this container, may use."""
    limits = [psutil.virtual_memory().total]
    for name in _CGROUP_LIMITS:
        with suppress(OSError, ValueError):  # none, or "max"
            limits.append(int((cgroups / name).read_text()))
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY:
        limits.append(soft)
    return max(1, min(limits) // _MEGABYTE)


def peak_mb() -> int:
    """Return the most megabytes that this process has used at once.

    ``resource.getrusage`` would count what the process before ``exec`` used, such as Snakemake.
    """
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)[1]) * 1024 // _MEGABYTE
