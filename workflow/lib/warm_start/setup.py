"""What a run of Snakemake does so that its jobs start warm."""

import contextlib
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from warm_start.protocol import ADDRESS, NOTE, new_address, owner_of

SWITCH = "MISHEAR_WARM_START"
"""Environment variable: ``0`` for cold starts; ``@`` and an address for a starter that several runs
share, as those of the tests do."""


def obstacle(enabled: bool) -> str | None:
    """Return why jobs of this run start cold: an empty text if the user wants it, else None.

    Parameters
    ----------
    enabled
        The config's ``warm_start``.
    """
    if not enabled or os.environ.get(SWITCH) == "0":
        return ""
    if sys.platform != "linux":
        return f"warm starts need Linux, and this is {sys.platform}"
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError as error:
        return f"warm starts need Linux 5.3 or later ({error.strerror})"
    return None


def inherits_starter() -> bool:
    """Return whether the environment names a starter that ends with a process above this one.

    Snakemake starts a process of its own for a job of a group; the starter is the group's. An
    address from the machine that submitted the group does not count.
    """
    try:
        owner = owner_of(os.environ[ADDRESS])
    except (KeyError, IndexError, ValueError):
        return False
    return owner in _processes_above()


def _processes_above() -> Iterator[int]:
    """Yield the ids of this process's parent, of its parent, and so on."""
    process = os.getppid()
    while process > 1:
        yield process
        try:
            status = Path(f"/proc/{process}/stat").read_text()
        except OSError:
            return  # it has ended
        # The name in parentheses may hold spaces; the state and the parent's id follow it.
        process = int(status.rpartition(")")[2].split()[1])


def prepare_environment(folder: Path) -> None:
    """Give this run's jobs the address of their starter, by environment variables.

    Parameters
    ----------
    folder
        For a file that says that the user was told of a cold start.
    """
    given = os.environ.get(SWITCH, "")
    os.environ[ADDRESS] = given[1:] if given.startswith("@") else new_address()
    note = folder.absolute() / f"cold_starts.{os.getpid()}.{os.uname().nodename}"
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        note.unlink(missing_ok=True)
        note.with_name(f"{note.name}.begun").unlink(missing_ok=True)
    os.environ[NOTE] = str(note)


def interpreter() -> str:
    """Return the command that starts a Python script warm."""
    client = Path(__file__).with_name("client.py")
    return shlex.join([sys.executable, "-I", "-S", str(client)])
