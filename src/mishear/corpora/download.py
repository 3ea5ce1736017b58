"""Download an archive from the first mirror that serves it, and check its hash."""

import hashlib
import logging
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from mishear.core.errors import UserError
from mishear.corpora.body import SourceFailed, check_size
from mishear.corpora.parts import PartFile
from mishear.corpora.transfer import Retrying, fetch_http

logger = logging.getLogger(__name__)


def download(
    urls: Sequence[str],
    destination: str | Path,
    sha256: str | None = None,
    *,
    corpus: str = "NAME",
    key: str = "archive",
    retrying: Retrying | None = None,
    max_bytes: int = 8 * 10**9,
) -> Path:
    """Download a file from the first of several addresses that serves it.

    A download that is cut off leaves ``<destination>.part``. The next call continues it where the
    server can do so and still has the same file.

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
        Key of the corpus under which another address is given, for the error messages.
    retrying
        How often and how long to try; unset: the defaults.
    max_bytes
        Largest file that is accepted.

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
    part = PartFile(destination.with_name(f"{destination.name}.part"))
    failures = []
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        for url in urls:
            try:
                _fetch(url, part, retrying or Retrying(), max_bytes)
            except SourceFailed as failure:
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
            f"The archive {origin or path} is not the expected one.\n"
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


def _check_part(part: PartFile, sha256: str, url: str, corpus: str) -> None:
    try:
        check_sha256(part.path, sha256, corpus, origin=url)
    except UserError:
        part.delete()
        raise


def _fetch(url: str, part: PartFile, retrying: Retrying, max_bytes: int) -> None:
    try:
        scheme = urlsplit(url).scheme.lower()
    except ValueError as error:
        raise SourceFailed(f"no address: {error}") from error
    if scheme == "file":
        _copy_local(url, part, max_bytes)
    elif scheme in ("http", "https"):
        fetch_http(url, part, retrying, max_bytes)
    else:
        raise SourceFailed("not an http://, https:// or file:// address")


def _copy_local(url: str, part: PartFile, max_bytes: int) -> None:
    path = Path(url2pathname(urlsplit(url).path))
    try:
        is_file = path.is_file()
    except ValueError:  # a null byte
        is_file = False
    if not is_file:
        raise SourceFailed("there is no such file")
    part.delete()
    check_size(part, path.stat().st_size, max_bytes)
    shutil.copyfile(path, part.path)
