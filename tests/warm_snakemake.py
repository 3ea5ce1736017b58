"""Start Snakemake without importing it each time, which takes longer than most plans.

As the jobs of a study do, each Snakemake forks from a process that has imported the installed
libraries, Snakemake among them, and nothing of Mishear. Where the environment is another than that
process was begun with, Snakemake starts cold.
"""

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from warm_start.protocol import ADDRESS, NOTE, OWNER, new_address

LIB = Path(__file__).parents[1] / "workflow" / "lib"
SCRIPT = Path(__file__).parent / "warm" / "run_snakemake.py"
"""In a folder of its own, which comes first where modules are looked for."""

CLIENT = [sys.executable, "-I", "-S", str(LIB / "warm_start" / "client.py"), str(SCRIPT)]
SHARED = "MISHEAR_TESTS_STARTER"
"""Environment variable with the address of the one that all workers use."""

SHARED_BY_JOBS = "MISHEAR_TESTS_STARTER_OF_JOBS"
"""The same for the jobs of their runs, which Mishear begins as ever."""

BEGIN = """
import sys
sys.path.append({lib!r})
from warm_start import libraries, starter
libraries.LIBRARIES += ("snakemake.cli",)
starter.main(sys.argv[1])
"""


def share_among_workers() -> None:
    """Let all workers that this process starts use the same, which end with this process."""
    for name in (SHARED, SHARED_BY_JOBS):
        os.environ.setdefault(name, new_address())


def environment() -> dict[str, str]:
    """Return the environment variables of a warm Snakemake, whose starter is begun."""
    address = os.environ[SHARED]
    own = {ADDRESS: address, OWNER: address.split("-")[1], NOTE: _note()}
    found = os.environ | own
    if address not in _BEGUN:
        _BEGUN.add(address)
        _begin(address, found)
    return found


_BEGUN: set[str] = set()
"""Addresses at which this process has begun a starter, or found that there is one."""


def _begin(address: str, variables: dict[str, str]) -> None:
    command = [sys.executable, "-P", "-c", BEGIN.format(lib=str(LIB)), address]
    nothing = subprocess.DEVNULL
    streams = {"stdin": nothing, "stdout": nothing, "stderr": nothing}
    subprocess.run(command, env=variables, check=True, process_group=0, **streams)


@cache
def _note() -> str:
    """Return a file that is there, so that nothing is said of cold starts."""
    path = Path(_folder().name) / "note"
    path.touch()
    return str(path)


@cache
def _folder() -> tempfile.TemporaryDirectory:
    """Make a folder that is removed when this process ends."""
    return tempfile.TemporaryDirectory(prefix="mishear-tests-")
