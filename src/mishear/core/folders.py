"""Making folders so that a half-made one never counts as done."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mishear.core.errors import UserError


@contextmanager
def atomic_directory(destination: str | Path) -> Iterator[Path]:
    """Give a temporary folder to fill, and move it into place at the end.

    One process at a time may make a destination; what a killed one left is removed.

    Parameters
    ----------
    destination
        The final folder. It must not exist yet, or be empty.

    Yields
    ------
    Path
        An empty folder beside ``destination``. On success it becomes ``destination`` in one
        step; after an exception it is removed.

    Raises
    ------
    UserError
        If ``destination`` exists and is not an empty folder, or cannot be made.
    """
    destination = Path(destination)
    if destination.exists() and not _is_empty_directory(destination):
        raise UserError(f"{destination} already exists. Delete it to have it made again.")
    with _temporary_sibling(destination) as temporary:
        # A folder inside the temporary one, since that one is closed to other users.
        content = Path(temporary, "content")
        content.mkdir()
        yield content
        os.replace(content, destination)


def _temporary_sibling(destination: Path) -> tempfile.TemporaryDirectory:
    prefix, suffix = f".{destination.name}.", ".partial"
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        for entry in destination.parent.iterdir():
            if entry.name.startswith(prefix) and entry.name.endswith(suffix):
                shutil.rmtree(entry)  # left by a process that was killed
        return tempfile.TemporaryDirectory(prefix=prefix, suffix=suffix, dir=destination.parent)
    except OSError as error:
        raise UserError(f"Cannot write {destination}: {error.strerror or error}.") from error


def _is_empty_directory(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())
