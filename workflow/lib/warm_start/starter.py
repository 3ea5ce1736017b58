"""Import the libraries once and fork the jobs of a run from this process.

Usage: ``python -P starter.py ADDRESS``. ADDRESS names an abstract socket and a process, usually the
run's Snakemake, with which this process and its jobs end.

Only installed libraries are imported here. The project's own code and that of the user are
imported by each job, as in a new process, so they cannot be stale. Before each job the files of the
libraries are compared with those that were imported. If one has changed, this process begins no
more jobs, and the next job begins another starter.

``client.py`` is the other side: it describes the job and stands for it.
"""

import contextlib
import ctypes
import gc
import os
import select
import selectors
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass

if __name__ == "__main__":
    sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from warm_start.job import Job, Origin, become, check_environment, check_path, end, search_path
from warm_start.libraries import files_of_modules, has_changed, import_libraries
from warm_start.protocol import CannotServe, is_ours, owner_of, receive, send

PR_SET_PDEATHSIG = 1
"""Option of ``prctl``, from Linux's ``sys/prctl.h``."""
SECONDS_TO_DESCRIBE = 10
"""In which a job that has connected must be described."""


@dataclass
class Running:
    """A job at work: its process, a handle of it, and the connection to its client."""

    process: int
    handle: int
    client: socket.socket


class Starter:
    """Serves the jobs of a run one after the other; each runs in a process of its own."""

    def __init__(self, listener: socket.socket, origin: Origin, owner: int, refusal: str | None):
        self.listener = listener
        self.origin = origin
        self.refusal = refusal
        self.imported = files_of_modules()
        self.owner = owner
        self.events = selectors.DefaultSelector()
        self.events.register(owner, selectors.EVENT_READ, self.leave)
        self.events.register(listener, selectors.EVENT_READ, self.accept)
        self.running: list[Running] = []
        self.stale = False

    def serve(self) -> None:
        """Serve until the run has ended, or until this starter is stale and its jobs are done."""
        while self.running or not self.stale:
            for key, _ in self.events.select():
                key.data()

    def leave(self) -> None:
        """End this process and its jobs, whose clients see that."""
        for running in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.process, signal.SIGKILL)
        os._exit(0)

    def accept(self) -> None:
        """Begin the job of a client."""
        client, _ = self.listener.accept()
        client.settimeout(SECONDS_TO_DESCRIBE)
        try:
            if not is_ours(client):
                client.close()
            elif has_changed(self.imported):
                self.retire()
                send(client, "stale")
                client.close()
            elif self.refusal:
                send(client, self.refusal)
                client.close()
            else:
                send(client, "ready")
                self.begin(client)
        except (OSError, EOFError):
            client.close()

    def retire(self) -> None:
        """Begin no more jobs, and make room for another starter."""
        self.events.unregister(self.listener)
        self.listener.close()
        self.stale = True

    def begin(self, client: socket.socket) -> None:
        """Fork a job."""
        described, files = receive(client, most_files=3)
        job = Job(**described)
        path = search_path(job, self.origin)
        try:
            check_environment(job, self.origin)
            check_path(path, self.origin)
        except CannotServe as error:
            send(client, str(error))
            client.close()
        else:
            self.fork(client, job, path, files)
        for file in files:
            os.close(file)

    def fork(self, client: socket.socket, job: Job, path: list[str], files: list[int]) -> None:
        parent = os.getpid()
        # Signals wait until the job has its handlers.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        process = os.fork()
        if process == 0:
            status = 1
            try:
                self.detach(client, parent)
                status = become(job, path, files)
            finally:
                end(status)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        with contextlib.suppress(OSError):  # it has its own group already, or has ended
            os.setpgid(process, process)
        running = Running(process, os.pidfd_open(process), client)
        self.running.append(running)
        client.settimeout(None)
        self.events.register(running.handle, selectors.EVENT_READ, lambda: self.reap(running))
        self.events.register(client, selectors.EVENT_READ, lambda: self.obey(running))
        with contextlib.suppress(OSError):  # if the client is gone, the job is killed
            send(client, process, [running.handle])

    def detach(self, client: socket.socket, parent: int) -> None:
        """Make a forked process independent of this one, but for its end."""
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        client_is_gone = select.select([client], [], [], 0)[0]
        if os.getppid() != parent or client_is_gone:
            os._exit(1)
        with contextlib.suppress(OSError):  # the starter was faster
            os.setpgid(0, 0)
        self.close(client)

    def close(self, client: socket.socket) -> None:
        """Close what belongs to the starter in a process that becomes a job."""
        self.events.close()
        self.listener.close()
        os.close(self.owner)
        client.close()
        for other in self.running:
            os.close(other.handle)
            other.client.close()

    def obey(self, running: Running) -> None:
        """Pass the client's signals on to the job's processes; kill them if the client is gone."""
        if running not in self.running:
            return
        try:
            numbers = running.client.recv(64)
        except OSError:
            numbers = b""
        if not numbers:
            self.events.unregister(running.client)
        for number in numbers or [signal.SIGKILL]:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.process, number)

    def reap(self, running: Running) -> None:
        """Tell the client how its job has ended."""
        _, status = os.waitpid(running.process, 0)
        self.running.remove(running)
        self.events.unregister(running.handle)
        os.close(running.handle)
        try:
            self.events.unregister(running.client)
            send(running.client, os.waitstatus_to_exitcode(status))
        except (KeyError, OSError):
            pass  # the client is gone
        running.client.close()


@contextlib.contextmanager
def ending_with(owner: int) -> Iterator[None]:
    """Look several times a second whether the run has ended, and then end this process."""

    def look(*_: object) -> None:
        if select.select([owner], [], [], 0)[0]:
            os._exit(0)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def main(address: str) -> None:
    handle = os.pidfd_open(owner_of(address))
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(f"\0{address}")
    except OSError:
        return  # another starter was faster
    listener.listen(1024)
    if os.fork():
        return  # the client that began this starter is not its parent
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    environment, refusal = dict(os.environ), None
    try:
        with ending_with(handle):
            import_libraries()
    except Exception as error:
        refusal = str(error) if isinstance(error, CannotServe) else f"a library fails: {error!r}"
    gc.collect()
    gc.freeze()
    Starter(listener, Origin.of_this_process(environment), handle, refusal).serve()


if __name__ == "__main__":
    main(sys.argv[1])
