"""Downloading an archive: mirrors, retries, resuming, a progress bar and a hash check."""

import hashlib
import json
import logging
import os
import re
import shutil
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from mishear.core.errors import UserError

if TYPE_CHECKING:
    import requests

logger = logging.getLogger(__name__)

_CHUNK_BYTES = 1 << 16
_RETRIED_STATUSES = (429, 500, 502, 503, 504)
_CONTENT_RANGE = re.compile(r"bytes (?P<start>\d+)-\d+/(?P<total>\d+|\*)$")


class _SourceFailed(Exception):
    """One URL cannot serve the archive; the next one may."""


class _Interrupted(Exception):
    """The body ended early; what has arrived may be continued."""


@dataclass(frozen=True)
class _Origin:
    """What a part file was begun from: enough to know whether it may be continued."""

    url: str
    validator: str | None
    total: int | None


@dataclass(frozen=True)
class _PartFile:
    """A download under way, and a note beside it on where it came from."""

    path: Path

    @property
    def note(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def origin(self) -> _Origin | None:
        try:
            return _Origin(**json.loads(self.note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def begin(self, origin: _Origin) -> None:
        self.path.unlink(missing_ok=True)
        self.note.write_text(json.dumps(asdict(origin)), encoding="utf-8")

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def download(
    urls: Sequence[str],
    destination: str | Path,
    sha256: str | None = None,
    *,
    corpus: str = "NAME",
    key: str = "archive",
    retries: int = 4,
    backoff: float = 1.0,
    timeout: float = 30.0,
) -> Path:
    """Download a file from the first of several addresses that serves it.

    A download that is cut off leaves ``<destination>.part``, which the next call continues
    where the server can do so and still has the same file.

    Parameters
    ----------
    urls
        ``http://``, ``https://`` or ``file://`` addresses of the same file, tried in turn.
    destination
        The file to write. It appears only when it is complete.
    sha256
        Hash that the file must have, in hexadecimal; None: not checked.
    corpus
        Name of the corpus in the config, for the error messages.
    key
        Key of the corpus that takes another address, for the error messages.
    retries
        How often to try an address again that is busy, unreachable or cuts the connection.
        Attempts that bring the download further are not counted.
    backoff
        Waiting time before the first of these retries in seconds; it doubles each time.
    timeout
        Longest silence of a server, in seconds.

    Returns
    -------
    Path
        ``destination``.

    Raises
    ------
    UserError
        If no address serves the file, its hash is wrong, or it cannot be written.
    """
    destination = Path(destination)
    part = _PartFile(destination.with_name(f"{destination.name}.part"))
    failures = []
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        for url in urls:
            try:
                _fetch(url, part, retries, backoff, timeout)
            except _SourceFailed as failure:
                logger.warning("%s: %s", url, failure)
                failures.append(f"{url}: {failure}")
                continue
            if sha256 is not None:
                _check_part(part, sha256, url, corpus)
            os.replace(part.path, destination)
            part.delete()
            return destination
    except OSError as error:
        raise UserError(
            f"Cannot write {destination}: {error.strerror or error}. "
            "Make room or mend the permissions, then run again; a download is continued."
        ) from error
    raise UserError(_no_source_message(failures, corpus, key))


def check_sha256(
    path: str | Path, expected: str, corpus: str = "NAME", origin: str | None = None
) -> None:
    """Check the hash of an archive, such as a local one that is not downloaded.

    Parameters
    ----------
    path
        The archive.
    expected
        Its sha256 in hexadecimal.
    corpus
        Name of the corpus in the config, for the error message.
    origin
        Where the archive came from, for the error message; None: it is the user's own file.

    Raises
    ------
    UserError
        If the archive has another hash or cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            actual = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"Cannot read the archive {path}: {error.strerror}.") from error
    if actual != expected.strip().lower():
        raise UserError(
            f"The archive {origin or path} is not the one that is wanted.\n"
            f"  expected sha256 {expected}\n  got      sha256 {actual}\n"
            f"If it was changed on purpose, correct corpora.{corpus}.sha256 or remove it; "
            "otherwise get another copy and run again."
        )


def _no_source_message(failures: Iterable[str], corpus: str, key: str) -> str:
    reasons = "".join(f"\n  - {failure}" for failure in failures)
    return (
        f"The corpus {corpus!r} cannot be downloaded:{reasons}\n"
        f"Without network, give a copy of the archive (a file, a directory or another URL) as "
        f"corpora.{corpus}.{key}, for instance\n"
        f"  --config 'corpora={{{corpus}: {{{key}: PATH-OR-URL}}}}'\n"
        f"or use the corpus espeak, which is synthesised offline."
    )


def _check_part(part: _PartFile, sha256: str, url: str, corpus: str) -> None:
    try:
        check_sha256(part.path, sha256, corpus, origin=url)
    except UserError:
        part.delete()
        raise


def _fetch(url: str, part: _PartFile, retries: int, backoff: float, timeout: float) -> None:
    scheme = urlsplit(url).scheme.lower()
    if scheme == "file":
        _copy_local(url, part)
    elif scheme in ("http", "https"):
        _fetch_http(url, part, retries, backoff, timeout)
    else:
        raise _SourceFailed("not an http://, https:// or file:// address")


def _copy_local(url: str, part: _PartFile) -> None:
    path = Path(url2pathname(urlsplit(url).path))
    if not path.is_file():
        raise _SourceFailed("there is no such file")
    part.delete()
    shutil.copyfile(path, part.path)


def _fetch_http(url: str, part: _PartFile, retries: int, backoff: float, timeout: float) -> None:
    failures = 0
    furthest = part.size
    with _session(retries, backoff) as session:
        while not _is_complete(part, url):
            try:
                return _receive(session, url, part, timeout)
            except _Interrupted as interruption:
                # Only what gets further than ever before counts as progress; a server that
                # always starts from zero and always fails would otherwise never be given up.
                failures = 0 if part.size > furthest else failures + 1
                furthest = max(furthest, part.size)
                if failures > retries:
                    raise _SourceFailed(f"{interruption} ({retries} retries)") from interruption
                logger.warning("%s: %s; trying again", url, interruption)
                time.sleep(backoff * 2**failures)


def _session(retries: int, backoff: float) -> "requests.Session":
    import requests
    from urllib3.util.retry import Retry

    policy = Retry(
        total=retries,
        backoff_factor=backoff,
        status_forcelist=_RETRIED_STATUSES,
        raise_on_status=False,
        # A server may ask for hours; better to fail and continue in the next run.
        respect_retry_after_header=False,
    )
    session = requests.Session()
    for prefix in ("http://", "https://"):
        session.mount(prefix, requests.adapters.HTTPAdapter(max_retries=policy))
    return session


def _is_complete(part: _PartFile, url: str) -> bool:
    """Whether an earlier process was ended between the last byte and the renaming."""
    origin = part.origin()
    return origin is not None and origin.url == url and part.size == origin.total


def _receive(session: "requests.Session", url: str, part: _PartFile, timeout: float) -> None:
    """Ask for what is missing and append it to the part file."""
    import requests

    offset, headers = _request_headers(part, url)
    try:
        response = session.get(url, headers=headers, stream=True, timeout=timeout)
    except requests.RequestException as error:
        raise _SourceFailed(_connection_problem(error)) from error
    with response:
        if response.status_code == 416:
            part.delete()
            raise _Interrupted("the server has less than was downloaded; starting from zero")
        if response.status_code not in (200, 206):
            raise _SourceFailed(f"HTTP {response.status_code} {response.reason}")
        origin = _Origin(url, _validator(response), _total_bytes(response))
        if response.status_code == 206:
            _check_continuation(response, part, offset, origin)
            logger.info("%s: continuing after %d bytes", url, offset)
        else:
            if offset:
                logger.info("%s: the server starts from zero, or has a new file", url)
            part.begin(origin)
        _append_body(response, part, origin.total)


def _request_headers(part: _PartFile, url: str) -> tuple[int, dict[str, str]]:
    """Offset in bytes to ask for, and the headers that do so."""
    # Without this, a server may compress again and lengths and hashes would be of something else.
    headers = {"Accept-Encoding": "identity"}
    origin = part.origin()
    if not part.size or origin is None or origin.url != url or origin.validator is None:
        return 0, headers
    return part.size, headers | {
        "Range": f"bytes={part.size}-",
        "If-Range": origin.validator,
    }


def _validator(response: "requests.Response") -> str | None:
    """What identifies this version of the file, in the form that If-Range takes."""
    etag = response.headers.get("ETag")
    # A weak ETag does not promise the same bytes.
    if etag and not etag.startswith("W/"):
        return etag
    return response.headers.get("Last-Modified")


def _total_bytes(response: "requests.Response") -> int | None:
    """Size of the whole file in bytes; None where the server does not say."""
    if response.status_code == 206:
        match = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
        total = match["total"] if match else "*"
    else:
        total = response.headers.get("Content-Length", "*")
    return int(total) if total.isdigit() else None


def _check_continuation(
    response: "requests.Response", part: _PartFile, offset: int, origin: _Origin
) -> None:
    """Refuse to glue halves of different files; not every server honours If-Range."""
    match = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
    begun = part.origin()
    starts_right = match is not None and int(match["start"]) == offset
    same_file = begun is not None and origin.validator in (None, begun.validator)
    if not (starts_right and same_file):
        part.delete()
        raise _Interrupted("the file on the server has changed; starting from zero")


def _append_body(response: "requests.Response", part: _PartFile, total: int | None) -> None:
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
            raise _Interrupted(
                f"the connection was cut after {file.tell()} of {total or 'unknown'} bytes"
            ) from error
    if total is not None and part.size != total:
        received = part.size
        if received > total:
            part.delete()
        raise _Interrupted(f"{received} bytes came instead of {total}")


def _connection_problem(error: Exception) -> str:
    """A line for people from the nested exceptions of requests and urllib3."""
    import requests

    if isinstance(error, requests.ConnectTimeout | requests.ReadTimeout):
        return "the server does not answer in time"
    cause = getattr(error.args[0] if error.args else None, "reason", None) or error
    return str(cause).rpartition(">: ")[2] or type(error).__name__
