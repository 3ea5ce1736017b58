"""Run a script in a process forked from one that has the libraries imported, or else in a new one.

Usage: ``python -I -S client.py SCRIPT``, with the address of a starter in the environment
variable ``MISHEAR_STARTER``. To whoever started it, this process is the job: it passes signals on
to the forked process and ends as that ends, with its exit status or by its signal. Where no starter
can serve, it executes the interpreter on the script, which is what Snakemake would have done.

This file imports few modules, because every job waits for it. ``starter.py`` is the other side.
"""

import contextlib
import os
import select
import signal
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from warm_start.protocol import (
    ADDRESS,
    NOTE,
    OWNER,
    WAIT,
    CannotServe,
    end_as,
    is_ours,
    receive,
    send,
    surroundings,
)

SILENT = "the starter does not answer"
ENDED = "the starter has ended"
NONE_BEGINS = "no starter could be started"
MOST_STARTERS = 20
"""Of one run. Each begins after the one before has ended or found a changed library."""
HOPELESS = (SILENT, NONE_BEGINS)
"""Reasons that hold for later jobs, which then start cold at once."""
FORWARDED = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGTSTP,
    signal.SIGCONT,
)


class Gone(Exception):
    """The starter ends, for example because a library has changed; another can be begun."""


def connect(address: str):
    """Connect to the starter and wait until it is ready.

    Raises
    ------
    CannotServe
        If there is none, without a message: one is begun for the jobs that follow, and this job,
        which may need few libraries, does not wait for it. If it does not answer in time, or says
        so.
    Gone
        If it ends.
    """
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(float(os.environ.get(WAIT, "60")))
    try:
        try:
            connection.connect(f"\0{address}")
        except ConnectionRefusedError:
            begin_starter(address)
            raise CannotServe("") from None
        if not is_ours(connection):
            raise CannotServe("the starter belongs to another user")
        answer, _ = receive(connection)
    except (BlockingIOError, TimeoutError):
        raise CannotServe(SILENT) from None
    except (EOFError, ConnectionError):
        raise Gone from None
    if answer == "stale":
        raise Gone
    if answer != "ready":
        raise CannotServe(answer)
    return connection


def begin_starter(address: str) -> None:
    """Start a starter. If several are started at once, all but one end immediately.

    Raises
    ------
    CannotServe
        If it does not start, or none of those before has stayed.
    """
    import subprocess

    try:
        with open(f"{os.environ[NOTE]}.begun", "ab") as begun_before:
            begun_before.write(b".")
            if begun_before.tell() > MOST_STARTERS:
                raise CannotServe(NONE_BEGINS)
    except OSError:
        raise CannotServe(NONE_BEGINS) from None
    starter = os.path.join(os.path.dirname(__file__), "starter.py")
    command = [sys.executable, "-P", starter, address]
    threads = {name: "1" for name in os.environ if name.endswith("_THREADS")}
    nothing = subprocess.DEVNULL
    begun = subprocess.run(
        command,
        env=os.environ | threads,
        stdin=nothing,
        stdout=nothing,
        stderr=nothing,
        process_group=0,
    )
    if begun.returncode:
        raise CannotServe(NONE_BEGINS)


def connect_anew(address: str):
    """Connect to a starter that stays."""
    for _ in range(MOST_STARTERS):
        try:
            return connect(address)
        except Gone:  # then none listens, or another one
            continue
    raise CannotServe(NONE_BEGINS)


def describe(arguments: list[str]) -> dict:
    """Describe the job: what this process was started with.

    Raises
    ------
    OSError
        If it was started without a standard stream or in a folder that has gone.
    """
    for stream in range(3):
        os.fstat(stream)  # is not closed
    umask = os.umask(0)
    os.umask(umask)
    numbers = signal.valid_signals()
    return {
        "arguments": arguments,
        "directory": os.getcwd(),
        "environment": dict(os.environb),
        "umask": umask,
        "ignored": [int(n) for n in numbers if signal.getsignal(n) == signal.SIG_IGN],
        "blocked": list(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, ()))),
        "surroundings": surroundings(),
    }


def run_warm(address: str, arguments: list[str]) -> int:
    """Run a script in a forked process.

    Returns
    -------
    int
        As ``os.waitstatus_to_exitcode``: the exit status, or minus the signal that ended it.

    Raises
    ------
    CannotServe
        If the script was not begun, or ended with a starter that was killed.
    """
    try:
        described = describe(arguments)
    except OSError as error:
        raise CannotServe(f"a job lacks what others have: {error.strerror}") from None
    connection = connect_anew(address)
    try:
        send(connection, described, [0, 1, 2])
        answer, files = receive(connection, most_files=1)
    except TimeoutError:
        raise CannotServe(SILENT) from None
    except (EOFError, ConnectionError):
        raise CannotServe(ENDED) from None
    if not files:
        raise CannotServe(answer)
    connection.settimeout(None)
    forward_signals(connection)
    try:
        status, _ = receive(connection)
        return status
    except (EOFError, ConnectionError):
        select.select(files, [], [])  # the job ends with the starter,
        with contextlib.suppress(ProcessLookupError):
            os.killpg(answer, signal.SIGKILL)  # and what the job has started with it
        raise CannotServe(ENDED) from None


def forward_signals(connection) -> None:
    """Pass the signals that this process receives on to the job."""

    def forward(number: int, _: object) -> None:
        # The job's process group is an orphaned one, which the terminal's signal does not stop.
        sent = signal.SIGSTOP if number == signal.SIGTSTP else number
        with contextlib.suppress(OSError):  # the job may have ended
            connection.send(bytes([sent]))
        if number == signal.SIGTSTP:
            os.kill(os.getpid(), signal.SIGSTOP)

    for number in FORWARDED:
        # The job ignores what this process ignores, unless it has set a handler; but see above.
        if number != signal.SIGTSTP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, forward)


def is_gone(process: int) -> bool:
    """Return whether a process has ended."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    return bool(select.select([handle], [], [], 0)[0])


def is_hopeless(note: str) -> bool:
    """Return whether an earlier job of the run has found that no starter answers."""
    try:
        with open(note) as file:
            return file.read() in HOPELESS
    except OSError:
        return False


def say_once(reason: str, note: str) -> None:
    """Tell the user why jobs of this run start cold, unless an earlier job did."""
    if not reason:
        return
    try:
        with open(note, "x") as file:
            file.write(reason)
    except OSError:
        return
    print(f"No warm start: {reason}. Such jobs start cold.", file=sys.stderr)


def main(arguments: list[str]) -> None:
    note = os.environ[NOTE]
    try:
        if not is_hopeless(note):
            end_as(run_warm(os.environ[ADDRESS], arguments))
    except CannotServe as error:
        if is_gone(int(os.environ[OWNER])):
            sys.exit(1)
        say_once(str(error), note)
    os.execv(sys.executable, [sys.executable, *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
