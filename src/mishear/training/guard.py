"""Run a program, and end it with all that it has started as soon as the job ends.

Usage: ``python -I -S guard.py DESCRIPTOR FOLDER PROGRAM ARGUMENT...``. ``DESCRIPTOR`` is a pipe
that nothing is written to. It closes when the job ends, however it ends. ``FOLDER`` is removed at
the end. The exit status is that of the program.

This file imports the standard library alone, because every program waits for it.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
"""Options of ``prctl``, from Linux's ``sys/prctl.h``."""

GRACE = 2.0
"""Seconds that a program has to end by itself after a termination."""

CANNOT_START = 126


def main(descriptor: int, folder: str, program: list[str]) -> None:
    """Run a program until it or the job ends."""
    prctl(PR_SET_CHILD_SUBREAPER)  # orphans of the program become children of this process
    # Whoever interrupts a run may terminate all its processes. This one ends last. (To ignore the
    # signal instead would make the program ignore it, too.)
    signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        process = subprocess.Popen(program, preexec_fn=lambda: prctl(PR_SET_PDEATHSIG, 9))
    except OSError as error:
        print(f"{program[0]}: {error.strerror}", file=sys.stderr, flush=True)
        finish(folder, CANNOT_START)
    threading.Thread(target=end_with_job, args=(descriptor, process), daemon=True).start()
    status = process.wait()
    finish(folder, status if status >= 0 else 128 - status)


def end_with_job(descriptor: int, process: subprocess.Popen) -> None:
    """Terminate the program when the job has ended, and kill it if it does not obey."""
    while os.read(descriptor, 1):
        pass
    process.terminate()
    time.sleep(GRACE)
    process.kill()


def finish(folder: str, status: int) -> None:
    """Kill what the program has left, remove the folder, and exit."""
    while left := children():
        for number in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(number, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(status)


def children() -> list[int]:
    """Return the processes whose parent is this one; none where the system does not tell."""
    found, own = [], str(os.getpid())
    for name in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc") else []):
        with contextlib.suppress(OSError, IndexError), open(f"/proc/{name}/stat") as file:
            # The name of the program, in parentheses, may contain anything.
            if file.read().rpartition(")")[2].split()[1] == own:
                found.append(int(name))
    return found


def prctl(option: int, value: int = 1) -> None:
    """Set an option of this process, on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
