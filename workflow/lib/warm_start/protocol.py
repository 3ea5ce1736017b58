"""What clients and the starter share: how they find each other and what they say.

Few modules are imported here, because every job waits for them.
"""

import marshal
import os
import resource
import signal
import socket
import sys

ADDRESS = "MISHEAR_STARTER"
"""Environment variable with the address of the run's starter, a name without a file."""
OWNER = "MISHEAR_SNAKEMAKE_PROCESS"
"""Environment variable with the id of the Snakemake process of the run."""
NOTE = "MISHEAR_COLD_STARTS"
"""Environment variable with the file that says that the user knows of cold starts."""
WAIT = "MISHEAR_STARTER_WAIT"
"""Environment variable with the seconds to wait for an answer of the starter."""


LENGTH = 8
"""Bytes of the length before a message."""


def new_address() -> str:
    """Return an address for a starter that ends with this process."""
    return f"mishear-{os.getpid()}-{os.urandom(8).hex()}"


def owner_of(address: str) -> int:
    """Return the id of the process that a starter ends with."""
    return int(address.split("-")[1])


class CannotServe(Exception):
    """No starter can run the script; the message says why."""


def send(connection, message, files=()) -> None:
    """Send a message of basic types, with open files."""
    content = marshal.dumps(message)
    socket.send_fds(connection, [len(content).to_bytes(LENGTH, "big")], files)
    connection.sendall(content)


def receive(connection, most_files=0):
    """Receive a message and open files; ``EOFError`` if the other side has gone."""
    head, files, *_ = socket.recv_fds(connection, LENGTH, most_files)
    for file in files:
        os.set_inheritable(file, False)
    if len(head) < LENGTH:
        raise EOFError
    content, length = bytearray(), int.from_bytes(head, "big")
    while len(content) < length:
        part = connection.recv(length - len(content))
        if not part:
            raise EOFError
        content += part
    return marshal.loads(content), files


def is_ours(connection) -> bool:
    """Return whether the other side belongs to the same user."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(credentials[4:8], sys.byteorder) == os.getuid()


def surroundings() -> list[int | str]:
    """Return what this process inherits and a forked one would have from its starter instead.

    These are limits, priority, processors, namespaces (of mounts, for example) and control group.
    """
    kinds = sorted(getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_"))
    limits = [limit for kind in kinds for limit in resource.getrlimit(kind)]
    spaces = [os.readlink(f"/proc/self/ns/{name}") for name in sorted(os.listdir("/proc/self/ns"))]
    with open("/proc/self/cgroup") as file:
        groups = file.read()
    priority = os.getpriority(os.PRIO_PROCESS, 0)
    return [*limits, priority, *sorted(os.sched_getaffinity(0)), *spaces, groups]


def end_as(status: int) -> None:
    """End this process with an exit status, or by the signal that it stands for."""
    if status < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if -status not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(-status, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [-status])
        os.kill(os.getpid(), -status)
    os._exit(status)
