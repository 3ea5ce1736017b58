"""Hash the user's own files by content, and read each file once only.

A file whose size, times and inode are as when it was hashed is not read again. What was found is
kept in one file. Runs at the same time may share it: each replaces it as a whole, and what one of
them leaves out of it is only hashed again.
"""

import hashlib
import json
import logging
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from mishear.core.files import Stamp, stamp_of

log = logging.getLogger(__name__)

HASHES = "hashes.json"
"""Name of the file that keeps the hashes of the user's own files, among what a run remembers."""

UNSETTLED_NS = 2 * 10**9
"""A file changed so shortly before it was hashed may change again within the same time stamp."""
WORTH_SAYING = 50 * 2**20
"""Bytes whose reading is said on the terminal, as it may take more than a moment."""


class FileHashes:
    """Hashes of files by content.

    Parameters
    ----------
    kept
        The file that keeps the hashes; None to keep none.
    say
        Called with a sentence before many bytes are read.
    """

    def __init__(self, kept: Path | None = None, say: Callable[[str], object] = log.info) -> None:
        self.kept = kept
        self.say = say
        self._known: dict[str, tuple[Stamp, str]] | None = None

    def of(self, file: str | Path) -> str:
        """Return the SHA-256 of one file, see :meth:`of_all`."""
        return self.of_all([file])[0]

    def of_all(self, files: Iterable[str | Path]) -> list[str]:
        """Return the SHA-256 of each file in hexadecimal.

        Parameters
        ----------
        files
            Their paths.

        Returns
        -------
        list of str
            What is no regular file, or cannot be read, has a word instead of a hash.
        """
        paths = [os.path.abspath(file) for file in files]
        stamps = list(map(_stamp, paths))
        if self._known is None:
            self._known = _read(self.kept)
        new = [
            (path, stamp)
            for path, stamp in zip(paths, stamps, strict=True)
            if isinstance(stamp, tuple) and self._known.get(path, ("", ""))[0] != stamp
        ]
        found = self._hash(dict(new)) if new else {}
        return [
            stamp if isinstance(stamp, str) else found.get(path) or self._known[path][1]
            for path, stamp in zip(paths, stamps, strict=True)
        ]

    def _hash(self, stamps: dict[str, Stamp]) -> dict[str, str]:
        """Read files, and keep the hashes of those that no one is writing."""
        size = sum(stamp[0] for stamp in stamps.values())
        if size >= WORTH_SAYING:
            count = f"{len(stamps):,} files" if len(stamps) > 1 else next(iter(stamps))
            self.say(
                f"Reading {count} ({size / 1e9:.1f} GB) once, to know when the content changes."
            )
        begun = time.time_ns()
        with ThreadPoolExecutor(min(16, 2 * (os.cpu_count() or 1))) as threads:
            hashes = dict(zip(stamps, threads.map(_sha256, stamps), strict=True))
        settled = {
            path: (stamp, hashes[path])
            for path, stamp in stamps.items()
            if _is_settled(stamp, begun) and _stamp(path) == stamp
        }
        if settled:
            self._known |= settled
            self._keep(settled)
        return hashes

    def _keep(self, settled: dict[str, tuple[Stamp, str]]) -> None:
        if self.kept is None:
            return
        others = {path: each for path, each in _read(self.kept).items() if os.path.exists(path)}
        content = json.dumps({**others, **settled}, separators=(",", ":"))
        temporary = None
        try:
            self.kept.parent.mkdir(parents=True, exist_ok=True)
            # A name of its own: another run may write at the same time.
            descriptor, temporary = tempfile.mkstemp(dir=self.kept.parent, prefix=self.kept.name)
            with os.fdopen(descriptor, "w") as file:
                file.write(content)
            os.replace(temporary, self.kept)
        except OSError as error:
            log.warning("Cannot keep hashes in %s (%s).", self.kept, error.strerror)
            if temporary:
                with suppress(OSError):
                    os.unlink(temporary)


def hash_of_hashes(names: Sequence[str], hashes: Sequence[str]) -> str:
    """Return twelve hexadecimal digits for files by their names and hashes."""
    digest = hashlib.sha256()
    for name, content in zip(names, hashes, strict=True):
        digest.update(os.fsencode(name) + b"\0" + content.encode() + b"\0")
    return digest.hexdigest()[:12]


def _stamp(path: str) -> Stamp | str:
    """Return what tells a change of a file; a word for what is no regular file."""
    try:
        about = os.stat(path)
    except OSError:
        return "missing"
    if not stat.S_ISREG(about.st_mode):
        return "not a file"
    return stamp_of(about)


def _is_settled(stamp: Stamp, now: int) -> bool:
    return all(abs(now - changed) > UNSETTLED_NS for changed in stamp[1:3])


def _sha256(path: str) -> str:
    try:
        with open(path, "rb", buffering=0) as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return "unreadable"


def _read(kept: Path | None) -> dict[str, tuple[Stamp, str]]:
    if kept is None:
        return {}
    try:
        content = json.loads(kept.read_bytes())
        return {path: (tuple(stamp), found) for path, (stamp, found) in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}  # Nothing was kept, or somebody else wrote there.
