"""The body of an HTTP response, written to a part file: neither endless, nor endlessly slow."""

import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mishear.core.errors import UserError
from mishear.corpora.parts import PartFile

if TYPE_CHECKING:
    import requests

_CHUNK_BYTES = 1 << 14
_LONGEST = 200
"""Characters of a server's in a message."""


class SourceFailed(Exception):
    """One URL cannot serve the archive; the next one may."""


class Interrupted(Exception):
    """The body ended early; the download may be continued."""


@dataclass(frozen=True)
class Pace:
    """The slowest pace at which a body may come.

    Attributes
    ----------
    slowest : float
        Bytes per second.
    window : float
        Seconds over which it is measured.
    """

    slowest: float
    window: float


def shortened(text: str) -> str:
    """Return what a server sent in a form that fits a message and does not steer a terminal."""
    begun = "".join(
        each if each.isprintable() else ascii(each).strip("'") for each in text[:_LONGEST]
    )
    return begun if len(text) <= _LONGEST else f"{begun}..."


def check_size(part: PartFile, total: int | None, max_bytes: int) -> None:
    """Check, before it comes, that a file is neither too large nor larger than the disk.

    Parameters
    ----------
    part
        What is there of it.
    total
        Bytes of the whole file; None: not known.
    max_bytes
        Largest file that is accepted.

    Raises
    ------
    SourceFailed
        If it is too large.
    UserError
        If the disk has too little room.
    """
    if total is None:
        return
    if total > max_bytes:
        raise SourceFailed(_too_large(f"{total} bytes", max_bytes))
    missing, free = total - part.size, shutil.disk_usage(part.path.parent).free
    if missing > free:
        raise UserError(
            f"Too little room for {part.path}: {missing / 1e6:.0f} MB are missing, and the disk "
            f"has {free / 1e6:.0f} MB left. Make room and run again."
        )


def append_body(
    response: "requests.Response", part: PartFile, total: int | None, max_bytes: int, pace: Pace
) -> None:
    """Append a body to a part file.

    Parameters
    ----------
    response
        Not read yet.
    part
        Gets the body.
    total
        Bytes of the whole file; None: not known.
    max_bytes
        Largest file that is accepted.
    pace
        Below it the connection is given up.

    Raises
    ------
    Interrupted
        If it ends early or is too slow.
    SourceFailed
        If it is too large.
    """
    from tqdm import tqdm
    from urllib3.exceptions import HTTPError

    bar = tqdm(
        desc=part.path.stem,
        initial=part.size,
        total=total,
        unit="B",
        unit_scale=True,
        # In a log file a line now and then, on a terminal a moving bar.
        mininterval=0.2 if sys.stderr.isatty() else 30,
    )
    with bar, part.path.open("ab") as file, _watched(response, bar, pace):
        try:
            for chunk in response.raw.stream(_CHUNK_BYTES, decode_content=False):
                file.write(chunk)
                bar.update(len(chunk))
                if bar.n > max_bytes:
                    part.delete()
                    raise SourceFailed(_too_large("its end was not reached", max_bytes))
        except (HTTPError, ValueError) as error:
            raise Interrupted(
                f"the connection was cut after {bar.n} of {total or 'unknown'} bytes"
            ) from error
    if total is not None and part.size != total:
        received = part.size
        if received > total:
            part.delete()
        raise Interrupted(f"{received} bytes came instead of {total}")


@contextmanager
def _watched(response: "requests.Response", bar, pace: Pace) -> Iterator[None]:
    """End a connection from outside that becomes too slow, whatever it is waiting for."""
    done, slow = threading.Event(), threading.Event()

    def watch() -> None:
        before = bar.n
        while not done.wait(pace.window):
            if bar.n - before < pace.slowest * pace.window:
                slow.set()
                with suppress(Exception):
                    response.raw.shutdown()
                return
            before = bar.n

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    except Interrupted as interruption:
        if slow.is_set():
            raise Interrupted(_too_slow(bar.n, pace)) from interruption
        raise
    finally:
        done.set()
        watcher.join()
    if slow.is_set():
        raise Interrupted(_too_slow(bar.n, pace))


def _too_slow(received: int, pace: Pace) -> str:
    return f"slower than {pace.slowest:g} bytes/s over {pace.window:g} s, after {received} bytes"


def _too_large(size: str, max_bytes: int) -> str:
    return (
        f"the file is too large: {size}, where {max_bytes / 1e9:g} GB are allowed (raise "
        f"max_unpacked_gigabytes of this corpus in the config if that is right)"
    )
