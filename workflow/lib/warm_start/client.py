"""Run a script in a process forked from one that has the libraries imported, or else in a new one.

Usage: ``python -I -S client.py SCRIPT``, with the address of a starter in the environment
variable ``MISHEAR_STARTER``. To whoever started it, this process is the job: it passes signals on
to the forked process and ends as that ends, with its exit status or by its signal. Where no starter
can serve, it executes the interpreter on the script, which is what Snakemake would have done.

This file imports few modules, because every job waits for it. ``starter.py`` is the other side.
"""

import contextlib
import os
import resource
import select
import signal
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from warm_start.protocol import ADDRESS, NOTE, OWNER, WAIT, CannotServe, is_ours, receive, send

SILENT = "the starter does not answer"
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


class Stale(Exception):
    """A library's file has changed since the starter imported it."""


def connect(address: str):
    """Connect to the starter and wait until it is ready; begin one where there is none.

    Raises
    ------
    CannotServe
        If none answers in time, or the one that answers says so.
    """
    seconds = float(os.environ.get(WAIT, "60"))
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(seconds)
    begun = False
    for _ in range(int(seconds / 0.02) or 1):
        try:
            connection.connect(f"\0{address}")
            break
        except ConnectionRefusedError:
            if not begun:
                begin_starter(address)
                begun = True
            select.select([], [], [], 0.02)
        except (BlockingIOError, TimeoutError):
            raise CannotServe(SILENT) from None
    else:
        raise CannotServe("no starter could be begun")
    if not is_ours(connection):
        raise CannotServe("the starter belongs to another user")
    try:
        answer, _ = receive(connection)
    except TimeoutError:
        raise CannotServe(SILENT) from None
    except (EOFError, ConnectionError):
        raise CannotServe("the starter has ended") from None
    if answer == "stale":
        raise Stale
    if answer != "ready":
        raise CannotServe(answer)
    return connection


def begin_starter(address: str) -> None:
    """Start a starter. If several are started at once, all but one end immediately."""
    import subprocess

    starter = os.path.join(os.path.dirname(__file__), "starter.py")
    command = [sys.executable, "-P", starter, address]
    threads = {name: "1" for name in os.environ if name.endswith("_THREADS")}
    nothing = subprocess.DEVNULL
    subprocess.Popen(
        command,
        env=os.environ | threads,
        stdin=nothing,
        stdout=nothing,
        stderr=nothing,
        process_group=0,
    )


def connect_anew(address: str):
    """Connect to a starter whose libraries are those on disk."""
    for _ in range(3):
        try:
            return connect(address)
        except Stale:
            continue
    raise CannotServe("the libraries' files keep changing")


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
    connection = connect_anew(address)
    umask = os.umask(0)
    os.umask(umask)
    send(
        connection,
        {
            "arguments": arguments,
            "directory": os.getcwd(),
            "environment": dict(os.environb),
            "umask": umask,
            "ignored": [
                int(number)
                for number in signal.valid_signals()
                if signal.getsignal(number) == signal.SIG_IGN
            ],
            "blocked": list(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, ()))),
        },
        [0, 1, 2],
    )
    try:
        answer, files = receive(connection, most_files=1)
    except TimeoutError:
        raise CannotServe(SILENT) from None
    except (EOFError, ConnectionError):
        raise CannotServe("the starter has ended") from None
    if not files:
        raise CannotServe(answer)
    connection.settimeout(None)
    forward_signals(connection)
    try:
        status, _ = receive(connection)
        return status
    except (EOFError, ConnectionError):
        select.select(files, [], [])  # its jobs end with the starter
        raise CannotServe("the starter has ended") from None


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
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, forward)


def end_as(status: int) -> None:
    """End this process with an exit status, or by the signal that it stands for."""
    if status < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if -status not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(-status, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [-status])
        os.kill(os.getpid(), -status)
    os._exit(status)


def is_gone(process: int) -> bool:
    """Return whether a process has ended."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    return bool(select.select([handle], [], [], 0)[0])


def is_known_silent(note: str) -> bool:
    """Return whether an earlier job of the run waited for an answer in vain."""
    try:
        with open(note) as file:
            return file.read() == SILENT
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
    print(f"No warm start: {reason}. Jobs start cold where this holds.", file=sys.stderr)


def main(arguments: list[str]) -> None:
    note = os.environ[NOTE]
    try:
        if not is_known_silent(note):
            end_as(run_warm(os.environ[ADDRESS], arguments))
    except CannotServe as error:
        if is_gone(int(os.environ[OWNER])):
            sys.exit(1)
        say_once(str(error), note)
    os.execv(sys.executable, [sys.executable, *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
