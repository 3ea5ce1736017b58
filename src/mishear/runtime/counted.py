"""Files that count in a run: their content belongs to what its jobs compute.

A run lists them, with their hashes, in a file that its jobs read. In the same folder jobs keep
notes for later runs.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from mishear.core.errors import UserError
from mishear.core.files import atomic_path, sha256
from mishear.runtime.file_hashes import HASHES, FileHashes

COUNTED = "MISHEAR_COUNTED_FILES"
"""Environment variable with the file that lists the files that count."""


@dataclass(frozen=True)
class Counted:
    """The files that count, by their real paths.

    Attributes
    ----------
    loaded : mapping
        Modules, and files of data that code names, each with its SHA-256; None for what need not
        be compared when it is loaded.
    given : mapping
        Files that the config names and jobs have as input, such as an archive or weights, each with
        its SHA-256.
    """

    loaded: Mapping[str, str | None] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)


def write_counted(counted: Counted, folder: Path) -> Path:
    """Write which files count, for the jobs of a run.

    Parameters
    ----------
    counted
        Under any paths.
    folder
        Where notes of this kind are kept.

    Returns
    -------
    Path
        Value of the environment variable :data:`COUNTED` for the jobs.
    """
    content = {
        name: {os.path.realpath(path): files[path] for path in sorted(files)}
        for name, files in asdict(counted).items()
    }
    return keep(json.dumps(content), folder / "counted")[0]


def counted_files() -> Counted:
    """Return what :func:`write_counted` was given, in a job; nothing if no run has written it."""
    try:
        return Counted(**json.loads(Path(os.environ.get(COUNTED, "")).read_bytes()))
    except (OSError, ValueError, TypeError):
        return Counted()


def hashes_of_run() -> FileHashes:
    """Return what the run of a job knows of the hashes of the user's own files."""
    return FileHashes(notes_folder() / HASHES if COUNTED in os.environ else None)


def notes_folder() -> Path:
    """Return the folder that :func:`write_counted` was given, in a job of a run that called it."""
    return Path(os.environ[COUNTED]).parents[1]


def keep(content: str, folder: Path) -> tuple[Path, bool]:
    """Write a text to a file that is named after its hash.

    Parameters
    ----------
    content
        The text.
    folder
        Where to write it.

    Returns
    -------
    path : Path
        The file. Where it cannot be written there is none.
    is_new : bool
        Whether the text was not kept before.
    """
    path = folder / f"{hashlib.sha256(content.encode()).hexdigest()[:16]}.json"
    is_new = not path.exists()
    if is_new:
        with suppress(OSError, UserError), atomic_path(path) as temporary:
            temporary.write_text(content, encoding="utf-8")
    return path, is_new


def hash_of(path: str) -> str | None:
    """Return the SHA-256 of a file in hexadecimal; None if it cannot be read."""
    with suppress(OSError):
        return sha256(Path(path))
    return None
