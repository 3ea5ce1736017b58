"""HTTP transfers that are retried and continued where they were cut off."""

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, Queue
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin, urlsplit

from mishear.corpora.body import (
    Interrupted,
    Pace,
    SourceFailed,
    append_body,
    check_size,
    shortened,
)
from mishear.corpora.parts import Origin, PartFile

if TYPE_CHECKING:
    import requests

logger = logging.getLogger(__name__)

_MOST_REDIRECTIONS = 10
_MOST_DIGITS = 19
_RETRIED_STATUSES = (429, 500, 502, 503, 504)
_CONTENT_RANGE = re.compile(r"bytes (?P<start>\d+)-\d+/(?P<total>\d+|\*)$", re.ASCII)


_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Retrying:
    """How long to try an address before it is given up.

    Attributes
    ----------
    retries : int
        Attempts after the first at an address that is busy, unreachable or cuts the connection.
        Attempts that bring the download further are not counted.
    backoff : float
        Waiting time before the first of them in seconds; it doubles each time.
    timeout : float
        Longest silence of a server, in seconds.
    slowest : float
        Bytes per second over ``window`` below which a connection is given up.
    window : float
        Seconds. The headers must have come by then, too.
    """

    retries: int = 4
    backoff: float = 1.0
    timeout: float = 30.0
    slowest: float = 1000.0
    window: float = 60.0


def fetch_http(url: str, part: PartFile, retrying: Retrying, max_bytes: int) -> None:
    """Download a file by HTTP into a part file, or continue it.

    Parameters
    ----------
    url
        Address of the file.
    part
        Gets the content.
    retrying
        How often and how long to try.
    max_bytes
        Largest file that is accepted.

    Raises
    ------
    SourceFailed
        If the server cannot be reached, does not have the file, keeps failing, or has a larger
        file.
    """
    failures = 0
    furthest = part.size
    with _session() as session:
        while not _is_complete(part, url):
            try:
                return _receive(session, url, part, retrying, max_bytes)
            except Interrupted as interruption:
                # Only what gets further than ever before counts as progress; a server that
                # always starts from zero and always fails would otherwise never be given up.
                failures = 0 if part.size > furthest else failures + 1
                furthest = max(furthest, part.size)
                if failures > retrying.retries:
                    raise SourceFailed(
                        f"{interruption} ({retrying.retries} retries)"
                    ) from interruption
                logger.warning("%s: %s; trying again", url, interruption)
                time.sleep(retrying.backoff * 2**failures)


def _session() -> "requests.Session":
    import requests

    class Session(requests.Session):
        """A session that leaves redirections alone: requests would read their bodies."""

        def resolve_redirects(self, *_: object, **__: object) -> Iterator:
            return iter(())

    return Session()


def _is_complete(part: PartFile, url: str) -> bool:
    """Return whether an earlier process was killed between the last byte and the renaming."""
    origin = part.origin()
    return origin is not None and origin.url == url and part.size == origin.total


def _receive(
    session: "requests.Session", url: str, part: PartFile, retrying: Retrying, max_bytes: int
) -> None:
    """Request the missing bytes and append them to the part file."""
    offset, headers = _request_headers(part, url)
    with _response(session, url, headers, retrying) as response:
        if response.status_code == 416:
            part.delete()
            raise Interrupted("the server has less than was downloaded; starting from zero")
        if response.status_code in _RETRIED_STATUSES:
            raise Interrupted(_status_of(response))
        if response.status_code not in (200, 206):
            raise SourceFailed(_status_of(response))
        origin = Origin(url, _validator(response), _total_bytes(response))
        if response.status_code == 206 and offset:
            _check_continuation(response, part, offset, origin)
            logger.info("%s: continuing after %d bytes", url, offset)
        else:
            if response.status_code == 206:
                _check_whole(response, origin)
            if offset:
                logger.info("%s: the server starts from zero, or has a new file", url)
            part.begin(origin)
        check_size(part, origin.total, max_bytes)
        append_body(
            response, part, origin.total, max_bytes, Pace(retrying.slowest, retrying.window)
        )


def _response(
    session: "requests.Session", url: str, headers: dict[str, str], retrying: Retrying
) -> "requests.Response":
    """Follow redirections to the response whose body is the file.

    What requests and urllib3 do by themselves reads the bodies of other responses, which may be
    endless, into memory.
    """
    for _ in range(_MOST_REDIRECTIONS):
        response = _within(
            retrying.window, lambda address=url: _request(session, address, headers, retrying)
        )
        try:
            target = session.get_redirect_target(response)
        except UnicodeDecodeError:
            response.close()
            raise SourceFailed("redirected to an address that is not UTF-8") from None
        if target is None:
            return response
        response.close()
        try:
            url = urljoin(url, target)
            usable = urlsplit(url).scheme in ("http", "https")
        except ValueError:
            url, usable = target, False
        if not usable:
            raise SourceFailed(
                f"redirected to {shortened(url)}, which is not an http:// or https:// address"
            )
    raise SourceFailed(f"more than {_MOST_REDIRECTIONS} redirections")


def _request(
    session: "requests.Session", url: str, headers: dict[str, str], retrying: Retrying
) -> "requests.Response":
    import requests
    from urllib3.exceptions import HTTPError

    try:
        return session.get(
            url, headers=headers, stream=True, timeout=retrying.timeout, allow_redirects=False
        )
    except (requests.ConnectionError, requests.Timeout) as error:
        raise Interrupted(_connection_problem(error)) from error
    except (requests.RequestException, HTTPError, ValueError) as error:
        is_header = isinstance(error, requests.exceptions.InvalidHeader)
        what = "not a usable answer" if is_header else "not a usable address"
        raise SourceFailed(f"{what}: {_connection_problem(error)}") from error


def _within(seconds: float, ask: Callable[[], _Answer]) -> _Answer:
    """Give up waiting for an answer after some seconds, however slowly it comes."""
    answers: Queue = Queue()

    def work() -> None:
        try:
            answers.put((ask(), None))
        except Exception as error:
            answers.put((None, error))

    threading.Thread(target=work, daemon=True).start()
    try:
        answer, error = answers.get(timeout=seconds)
    except Empty:
        raise Interrupted(f"the server sent no complete answer in {seconds:g} s") from None
    if error is not None:
        raise error
    return answer


def _request_headers(part: PartFile, url: str) -> tuple[int, dict[str, str]]:
    """Return the offset to continue from, in bytes, and the headers that request it."""
    # Without this, a server may compress the file again, which changes its length and hash.
    headers = {"Accept-Encoding": "identity"}
    origin = part.origin()
    if not part.size or origin is None or origin.url != url or origin.validator is None:
        return 0, headers
    return part.size, headers | {
        "Range": f"bytes={part.size}-",
        "If-Range": origin.validator,
    }


def _validator(response: "requests.Response") -> str | None:
    """Return the identifier of this version of the file, in the form that If-Range takes."""
    etag = response.headers.get("ETag")
    # A weak ETag does not promise the same bytes.
    if etag and not etag.startswith("W/"):
        return etag
    return response.headers.get("Last-Modified")


def _total_bytes(response: "requests.Response") -> int | None:
    """Return the size of the whole file in bytes; None where the server does not state it."""
    if response.status_code == 206:
        match = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
        total = match["total"] if match else "*"
    else:
        total = response.headers.get("Content-Length", "*")
    if total == "*":
        return None
    if not (total.isascii() and total.isdigit() and len(total) < _MOST_DIGITS):
        raise SourceFailed(
            f"its length is stated as '{shortened(total)}', which is no number of bytes"
        )
    return int(total)


def _check_whole(response: "requests.Response", origin: Origin) -> None:
    """Refuse a part of the file where the whole was asked for."""
    stated = response.headers.get("Content-Range", "")
    match = _CONTENT_RANGE.match(stated)
    if match is None or match["start"] != "0" or origin.total is None:
        raise SourceFailed(
            f"the server sent a part of the file, where the whole was asked for (Content-Range: "
            f"'{shortened(stated)}')"
        )


def _check_continuation(
    response: "requests.Response", part: PartFile, offset: int, origin: Origin
) -> None:
    """Refuse to join parts of different files; not every server honours If-Range."""
    match = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
    begun = part.origin()
    starts_right = match is not None and match["start"] == str(offset)
    same_file = (
        begun is not None
        and origin.validator in (None, begun.validator)
        and (begun.total is None or origin.total in (None, begun.total))
    )
    if not (starts_right and same_file):
        part.delete()
        raise Interrupted("the file on the server has changed; starting from zero")


def _status_of(response: "requests.Response") -> str:
    return f"HTTP {response.status_code} {shortened(response.reason or '')}".rstrip()


def _connection_problem(error: Exception) -> str:
    """Describe the nested exceptions of requests and urllib3 in one line."""
    import requests

    if isinstance(error, requests.ConnectTimeout | requests.ReadTimeout):
        return "the server does not answer in time"
    cause = getattr(error.args[0] if error.args else None, "reason", None) or error
    return shortened(str(cause).rpartition(">: ")[2] or type(error).__name__)
