"""Writing files so that a half-written one never counts as done."""

import errno
import glob
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mishear.core.errors import UserError

Stamp = tuple[int, int, int, int]
"""Size, times of modification and of status change in nanoseconds, and inode of a file."""


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Give a temporary sibling of a file to write to, and move it into place at the end.

    Parameters
    ----------
    path
        The final file. Its folder is made where it is missing.

    Yields
    ------
    Path
        A file name in the same folder with the same suffix. On success it replaces ``path`` in
        one step; after an exception it is removed and ``path`` is left as it was.

    Raises
    ------
    UserError
        If the folder cannot be written to, or the disk is full.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.partial{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_partial(path)
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        if not _is_about(error, temporary):
            raise
        raise _unwritable(path, error) from error
    except RuntimeError as error:
        # torch raises another error while it handles that of a full disk.
        if not isinstance(error.__context__, OSError):
            raise
        raise _unwritable(path, error.__context__) from error
    finally:
        if temporary.exists():
            temporary.unlink()


def write_digest(file: str | Path, digest: str | Path) -> None:
    """Write the SHA-256 of a file, in hexadecimal, to another.

    Files too large to be compared whenever their times have changed are compared by this.

    Raises
    ------
    UserError
        If it cannot be written.
    """
    with atomic_path(digest) as temporary:
        temporary.write_text(sha256(file) + "\n")


def sha256(file: str | Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with Path(file).open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def stamp_of(about: os.stat_result) -> Stamp:
    """Return what tells whether a file is another one than before, without reading it."""
    return about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino


def one_spelling(path: str | Path) -> str:
    """Return a path as it is written everywhere, however the config spells it.

    Parameters
    ----------
    path
        Absolute, relative to the working directory, or with ``~``.

    Returns
    -------
    str
        Relative if it lies in the working directory, else absolute, without ``.`` and ``..``.
    """
    full, here = os.path.abspath(os.path.expanduser(path)), os.getcwd()
    return os.path.relpath(full, here) if Path(full).is_relative_to(here) else full


def _remove_partial(path: Path) -> None:
    """Remove what killed processes left of a file; one job at a time writes it."""
    for left in path.parent.glob(f".{glob.escape(path.stem)}.*.partial{path.suffix}"):
        left.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> UserError:
    hint = " Make room and run again." if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
    return UserError(f"cannot write {path}: {error.strerror or error}.{hint}")


def _is_about(error: OSError, file: Path) -> bool:
    """Return whether an error is about a file or its folders; a full disk names no file."""
    return error.filename is None or file.is_relative_to(error.filename)
