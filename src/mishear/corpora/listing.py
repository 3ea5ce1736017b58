"""List the recordings below a folder, and hash them."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

from mishear.core.errors import UserError, edited_during_run
from mishear.core.files import atomic_path
from mishear.runtime.file_hashes import FileHashes, hash_of_hashes

log = logging.getLogger(__name__)

SUFFIXES = (".wav", ".flac", ".ogg")


def write_listing_digest(directory: Path, path: Path) -> None:
    """Write :func:`listing_digest` to a file."""
    with atomic_path(path) as temporary:
        temporary.write_text(listing_digest(directory) + "\n")


def record_source(content: str | None, digest: str | None, path: Path) -> None:
    """Write the hash of what was read, to tell later whether the results come from it.

    Parameters
    ----------
    content
        Hash of the user's own archive or folder; None if a job made what was read.
    digest
        The file with the hash of what the job made.
    path
        File to write.
    """
    with atomic_path(path) as temporary:
        temporary.write_text(f"{content or Path(digest).read_text(encoding='utf-8').strip()}\n")


def check_unchanged(directory: Path, content: str, hashes: FileHashes) -> None:
    """Check that the user's own folder is as it was when the run planned its jobs.

    Parameters
    ----------
    directory
        The folder.
    content
        Its :func:`listing_digest` at that time.
    hashes
        What knows the hashes of files that were read before.

    Raises
    ------
    UserError
        If it is not.
    """
    if listing_digest(directory, hashes) != content:
        raise edited_during_run(f"A recording in {directory}")


def listing_digest(directory: str | Path, hashes: FileHashes | None = None) -> str:
    """Hash the names and the content of all recordings in a folder, to detect that it has changed.

    Modification times do not count, so a copy or a checkout is the same folder.

    Parameters
    ----------
    directory
        The folder.
    hashes
        What knows the hashes of files that were read before; None to read all.

    Returns
    -------
    str
        Twelve hexadecimal digits.

    Raises
    ------
    UserError
        If there is no such folder.
    """
    listed = list_recordings(directory)
    found = (hashes or FileHashes()).of_all(path for _, path in listed)
    return hash_of_hashes([recording for recording, _ in listed], found)


def list_recordings(root: str | Path) -> list[tuple[str, str]]:
    """List all that is named like an audio file below a folder, whether usable or not.

    Hidden files and folders, and the copies of file attributes that macOS puts into archives
    (``__MACOSX``, ``._*``), are skipped. Links are followed, except to a folder that contains
    ``root``; each folder is visited once.

    Parameters
    ----------
    root
        The folder.

    Returns
    -------
    list of (str, str)
        Path relative to ``root`` with ``/``, and path to open; sorted.

    Raises
    ------
    UserError
        If there is no such folder.
    """
    if not os.path.isdir(root):
        raise UserError(f"The folder {root} does not exist. Correct its path in the config.")
    return sorted(
        (os.path.relpath(path, root).replace(os.sep, "/"), path) for path in _audio_files(root)
    )


def _audio_files(root: str | Path) -> Iterator[str]:
    # Linked folders come last, so that a folder reached both ways goes by its own name.
    pending, linked, visited = [os.fspath(root)], [], set()
    around = _folders_around(root)
    while pending or linked:
        directory = pending.pop() if pending else linked.pop(0)
        status = os.stat(directory)
        if (status.st_dev, status.st_ino) in visited:
            continue
        visited.add((status.st_dev, status.st_ino))
        for entry in _sorted_entries(directory):
            if entry.name.lower().endswith(SUFFIXES):
                yield entry.path
            if not _is_directory(entry):
                continue
            if entry.is_symlink() and os.path.realpath(entry.path) in around:
                log.info("%s is not followed: it links to a folder around %s", entry.path, root)
                continue
            (linked if entry.is_symlink() else pending).append(entry.path)


def _folders_around(root: str | Path) -> set[str]:
    """Return the folders that contain a folder: a link to one of them would list the machine."""
    return {str(parent) for parent in Path(os.path.realpath(root)).parents}


def _sorted_entries(directory: str) -> list[os.DirEntry]:
    try:
        with os.scandir(directory) as entries:
            visible = [e for e in entries if not e.name.startswith((".", "__MACOSX"))]
    except OSError as error:
        raise UserError(
            f"Cannot read the folder {directory}: {error.strerror}. Make it readable, or take it, "
            f"or the link that leads to it, out of the corpus."
        ) from error
    return sorted(visible, key=lambda entry: entry.name)


def _is_directory(entry: os.DirEntry) -> bool:
    # Of a link to itself, os.path.isdir says no, where entry.is_dir raises.
    return os.path.isdir(entry.path) if entry.is_symlink() else entry.is_dir()
