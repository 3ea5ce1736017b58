"""HTTP transfers that are retried and continued where they were cut off."""

import logging
import re
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mishear.corpora.parts import Origin, PartFile

if TYPE_CHECKING:
    import requests

logger = logging.getLogger(__name__)

_CHUNK_BYTES = 1 << 16
_RETRIED_STATUSES = (429, 500, 502, 503, 504)
_CONTENT_RANGE = re.compile(r"bytes (?P<start>\d+)-\d+/(?P<total>\d+|\*)$")


class SourceFailed(Exception):
    """One URL cannot serve the archive; the next one may."""


class Interrupted(Exception):
    """The body ended early; the download may be continued."""


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
    """

    retries: int = 4
    backoff: float = 1.0
    timeout: float = 30.0


def fetch_http(url: str, part: PartFile, retrying: Retrying) -> None:
    """Download a file by HTTP into a part file, or continue it.

    Parameters
    ----------
    url
        Address of the file.
    part
        Gets the content.
    retrying
        How often and how long to try.

    Raises
    ------
    SourceFailed
        If the server cannot be reached, does not have the file, or keeps failing.
    """
    failures = 0
    furthest = part.size
    with _session(retrying) as session:
        while not _is_complete(part, url):
            try:
                return _receive(session, url, part, retrying.timeout)
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


def _session(retrying: Retrying) -> "requests.Session":
    import requests
    from urllib3.util.retry import Retry

    policy = Retry(
        total=retrying.retries,
        backoff_factor=retrying.backoff,
        status_forcelist=_RETRIED_STATUSES,
        raise_on_status=False,
        # A server may ask for hours; better to fail and continue in the next run.
        respect_retry_after_header=False,
    )
    session = requests.Session()
    for prefix in ("http://", "https://"):
        session.mount(prefix, requests.adapters.HTTPAdapter(max_retries=policy))
    return session


def _is_complete(part: PartFile, url: str) -> bool:
    """Return whether an earlier process was killed between the last byte and the renaming."""
    origin = part.origin()
    return origin is not None and origin.url == url and part.size == origin.total


def _receive(session: "requests.Session", url: str, part: PartFile, timeout: float) -> None:
    """Request the missing bytes and append them to the part file."""
    import requests

    offset, headers = _request_headers(part, url)
    try:
        response = session.get(url, headers=headers, stream=True, timeout=timeout)
    except requests.RequestException as error:
        raise SourceFailed(_connection_problem(error)) from error
    with response:
        if response.status_code == 416:
            part.delete()
            raise Interrupted("the server has less than was downloaded; starting from zero")
        if response.status_code not in (200, 206):
            raise SourceFailed(f"HTTP {response.status_code} {response.reason}")
        origin = Origin(url, _validator(response), _total_bytes(response))
        if response.status_code == 206:
            _check_continuation(response, part, offset, origin)
            logger.info("%s: continuing after %d bytes", url, offset)
        else:
            if offset:
                logger.info("%s: the server starts from zero, or has a new file", url)
            part.begin(origin)
        _append_body(response, part, origin.total)


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
    return int(total) if total.isdigit() else None


def _check_continuation(
    response: "requests.Response", part: PartFile, offset: int, origin: Origin
) -> None:
    """Refuse to join parts of different files; not every server honours If-Range."""
    match = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
    begun = part.origin()
    starts_right = match is not None and int(match["start"]) == offset
    same_file = begun is not None and origin.validator in (None, begun.validator)
    if not (starts_right and same_file):
        part.delete()
        raise Interrupted("the file on the server has changed; starting from zero")


def _append_body(response: "requests.Response", part: PartFile, total: int | None) -> None:
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
    with bar, part.path.open("ab") as file:
        try:
            for chunk in response.raw.stream(_CHUNK_BYTES, decode_content=False):
                file.write(chunk)
                bar.update(len(chunk))
        except HTTPError as error:
            raise Interrupted(
                f"the connection was cut after {file.tell()} of {total or 'unknown'} bytes"
            ) from error
    if total is not None and part.size != total:
        received = part.size
        if received > total:
            part.delete()
        raise Interrupted(f"{received} bytes came instead of {total}")


def _connection_problem(error: Exception) -> str:
    """Describe the nested exceptions of requests and urllib3 in one line."""
    import requests

    if isinstance(error, requests.ConnectTimeout | requests.ReadTimeout):
        return "the server does not answer in time"
    cause = getattr(error.args[0] if error.args else None, "reason", None) or error
    return str(cause).rpartition(">: ")[2] or type(error).__name__
