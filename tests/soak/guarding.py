"""Run one case in a process of its own, with limits of time and memory, and say how it ended."""

import os
import pickle
import random
import resource
import select
import signal
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mishear.core.errors import UserError

ACCEPTED, REFUSED = "accepted", "refused"
WRONG, TRACEBACK, HANG, DIED = "wrong", "traceback", "hang", "died"
GOOD = (ACCEPTED, REFUSED)


class Wrong(Exception):
    """A promise that was broken: the result is wrong, lost or says nothing."""


@dataclass(frozen=True)
class Outcome:
    """How a case ended.

    Attributes
    ----------
    kind, number
        The case.
    verdict
        ``accepted`` and ``refused`` (with a message for the user) are good. ``wrong``,
        ``traceback``, ``hang`` and ``died`` (by a signal or beyond its memory) are not.
    detail
        What was said.
    seconds
        How long it took.
    """

    kind: str
    number: int
    verdict: str
    detail: str
    seconds: float

    @property
    def good(self) -> bool:
        return self.verdict in GOOD


Case = Callable[[random.Random, Path], str]
"""Runs a case with what it draws from and a folder of its own; returns what happened."""


def guarded(
    kind: str, number: int, case: Case, seed: int, *, seconds: float = 30, megabytes: int = 2000
) -> Outcome:
    """Run a case in a fork of this process.

    Parameters
    ----------
    kind, number, seed
        The case is drawn from these three and nothing else.
    case
        What to run.
    seconds
        After how long it counts as a hang.
    megabytes
        How much more memory than this process it may have.
    """
    draw = random.Random(f"{kind} {seed} {number}")
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _run(case, draw, Path(folder), writing, megabytes)
        os.close(writing)
        said = _read(reading, seconds)
        os.close(reading)
        if said is None:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if said is None:
        verdict, detail = HANG, f"not finished after {seconds} s"
    elif not said:
        verdict, detail = DIED, f"status {os.waitstatus_to_exitcode(status)}"
    else:
        verdict, detail = pickle.loads(said)
    return Outcome(kind, number, verdict, detail, time.monotonic() - begin)


def _run(case: Case, draw: random.Random, folder: Path, writing: int, megabytes: int) -> None:
    """Run the case in the child and never return."""
    try:
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        most = used + megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        said = _said(case, draw, folder)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(pickle.dumps(said))
    finally:
        os._exit(0)


def _said(case: Case, draw: random.Random, folder: Path) -> tuple[str, str]:
    try:
        return ACCEPTED, case(draw, folder)
    except UserError as error:
        message = str(error)
        if len(message.split()) < 4:
            return WRONG, f"the message is no sentence: {message!r}"
        return REFUSED, message
    except Wrong as error:
        return WRONG, str(error)
    except BaseException:
        return TRACEBACK, traceback.format_exc()


def _read(pipe: int, seconds: float) -> bytes | None:
    """Read what the child says until it closes the pipe; None if it takes too long."""
    said, end = b"", time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if not select.select([pipe], [], [], left)[0]:
            return None
        part = os.read(pipe, 65536)
        if not part:
            return said
        said += part
    return None
