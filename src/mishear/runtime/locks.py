"""Register the runs in a folder, and remove the locks that killed runs leave behind.

Snakemake locks the files of a run and removes the lock when the run ends. A run that is killed
cannot do so, and Snakemake cannot tell its lock from that of an active run. So every run also
holds a lock of the operating system, which ends with the process.
"""

import atexit
import contextlib
import fcntl
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from mishear.core.errors import UserError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ActiveRun:
    """A run that is at work in a folder.

    Attributes
    ----------
    description : str
        Process, machine and lock file.
    since : float
        When it began, in seconds since the epoch.
    is_here : bool
        Whether it is on this machine. One on another machine may be dead.
    """

    description: str
    since: float
    is_here: bool


def register_run(state: Path) -> list[str]:
    """Register this process as an active run, and remove what killed runs have left.

    Snakemake's own locks are removed if no other run is active. Runs on other machines that share
    the folder count as active, because not every network file system passes locks from one
    machine to another.

    Parameters
    ----------
    state
        Snakemake's folder ``.snakemake``.

    Returns
    -------
    list of str
        The other active runs, each as process, machine and lock file.

    Raises
    ------
    UserError
        If the folder cannot be written to.
    """
    folder = state / "mishear" / "runs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # One at a time, so that no run is taken for dead while it registers.
        with FileLock(folder.parent / "runs.lock", timeout=30):
            others = [run for run in sorted(folder.glob("*@*")) if _is_alive(run)]
            _hold(folder / f"{os.getpid()}@{socket.gethostname()}")
            if not others:
                _remove_locks(state / "locks")
    except OSError as error:
        raise UserError(f"cannot write {folder}: {error.strerror or error}") from error
    return [_describe(run) for run in others]


@contextlib.contextmanager
def alone(state: Path) -> Iterator[None]:
    """Let no run begin in a folder meanwhile; those that do wait for half a minute.

    Parameters
    ----------
    state
        Snakemake's folder ``.snakemake``.

    Raises
    ------
    UserError
        If a run is active, or the folder cannot be written to.
    """
    folder = state / "mishear" / "runs"
    with contextlib.ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(FileLock(folder.parent / "runs.lock", timeout=30))
            active = [run for run in sorted(folder.glob("*@*")) if _is_alive(run)]
        except OSError as error:
            raise UserError(f"cannot write {folder}: {error.strerror or error}") from error
        if active:
            raise UserError(
                f"Another run is active in this folder: {_describe(active[0])}. Wait until it "
                f"ends. If it ran on another machine and was killed, remove {active[0]}."
            )
        yield


def active_runs(state: Path) -> list[ActiveRun]:
    """Return the runs that are at work in a folder, and change nothing there.

    Parameters
    ----------
    state
        Snakemake's folder ``.snakemake``.
    """
    found = []
    for run in sorted((state / "mishear" / "runs").glob("*@*")):
        is_here = run.name.partition("@")[2] == socket.gethostname()
        with contextlib.suppress(FileNotFoundError):
            if not is_here or _is_held(run):
                found.append(ActiveRun(_describe(run), run.stat().st_mtime, is_here))
    return found


def interrupt_jobs(is_idle: Callable[[], bool]) -> None:
    """Let an interrupt end this process's jobs as well.

    After an interrupt Snakemake waits for its running jobs and relies on the terminal to interrupt
    them, which ``kill -INT`` of Snakemake alone does not. Jobs must be started with SIGINT
    ignored, so that each is terminated exactly once.

    Parameters
    ----------
    is_idle
        Returns whether no job is running, for example while Snakemake makes its plan. It shows
        whatever is raised then with a traceback, so the process ends with a message instead. What
        that leaves is what a killed run leaves.
    """

    def end_jobs(*_: object) -> None:
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
        if is_idle():
            os.write(sys.stderr.fileno(), b"Interrupted while no job was running.\n")
            os._exit(1)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, end_jobs)


def _is_alive(run: Path) -> bool:
    """Return whether a run is active; the lock file of a dead one is removed."""
    if run.name.partition("@")[2] != socket.gethostname():
        return True
    lock = FileLock(run)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    run.unlink(missing_ok=True)
    lock.release()
    return False


def _is_held(run: Path) -> bool:
    """Return whether a process holds a lock file, which is neither written nor removed."""
    process = run.name.partition("@")[0]
    if process.isdecimal() and not psutil.pid_exists(int(process)):
        return False
    with run.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _hold(run: Path) -> None:
    lock = FileLock(run)
    lock.acquire(blocking=False)
    atexit.register(run.unlink, missing_ok=True)
    # The lock has to live as long as the process does.
    atexit.register(lock.release)


def _remove_locks(folder: Path) -> None:
    left = list(folder.glob("*.lock"))
    for lock in left:
        lock.unlink(missing_ok=True)
    if left:
        log.warning("The last run in this folder was killed; its lock is removed.")


def _describe(run: Path) -> str:
    process, _, machine = run.name.partition("@")
    return f"process {process} on {machine} ({run})"
