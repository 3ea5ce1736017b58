"""Remember the content of every file that a job writes, and compare it when another job reads it.

Snakemake compares times, and hashes of small files, to decide which jobs run again. Neither tells a
job that a file it reads was edited, cut or replaced since it was written.

The records lie among the results, so that a copy of the folder, or a backup, has those of its own
files.
"""

import contextlib
import json
import logging
import os
import shlex
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mishear.core.errors import UserError
from mishear.core.files import sha256, stamp_of

log = logging.getLogger(__name__)

RESULTS = "results"
"""Name of the folder whose files are remembered: all others are the user's own."""

RECORDS = ".contents"
"""Name of the folder of the records, among the results."""

SUFFIX = ".content"
"""What the names of records end with, so that none is taken for a table or an array."""

_SHOWN = 5
_BESIDE = {"spectrograms": "bounds", "poisoned": "poisoned_bounds"}
"""Inputs of jobs whose hashes are in JSON files, under ``sha256``."""


@dataclass(frozen=True)
class Record:
    """The content of a file, and its status when it was hashed.

    Attributes
    ----------
    sha256 : str
    status : list of int
        Size, times of modification and of the last change of the status in nanoseconds, and inode.
        As long as it is the same, the file need not be read.
    code : str or None
        Hash of the code that computed it, with the versions of its libraries; None if not known.
    """

    sha256: str
    status: list[int]
    code: str | None = None

    @classmethod
    def of(cls, path: Path, code: str | None = None) -> "Record":
        """Hash a file."""
        status = _status(path)
        return cls(sha256(path), status, code)

    @classmethod
    def read(cls, path: Path) -> "Record | None":
        """Read the record of a file; None where there is none."""
        try:
            return cls(**json.loads(record_of(path).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, path: Path) -> None:
        """Write the record of a file. Without room for it the file is not remembered."""
        place = record_of(path)
        temporary = place.with_name(f"{place.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                temporary.write_text(json.dumps(asdict(self)), encoding="utf-8")
                os.replace(temporary, place)
            finally:
                temporary.unlink(missing_ok=True)


def results_folder(outputs: Iterable[str]) -> Path:
    """Return the folder of all results, in which a job's outputs are.

    A workflow that uses this one as a module may give it a prefix.
    """
    found = (_folder_of(path) for path in map(Path, outputs) if RESULTS in path.parts)
    return next(found, Path(RESULTS))


def record_of(path: Path) -> Path:
    """Return the file with the record of a result."""
    folder = _folder_of(path)
    inside = path.relative_to(folder)
    return folder / RECORDS / inside.with_name(inside.name + SUFFIX)


def described_by(record: str) -> str:
    """Return the result that a record is about; the path itself if it is no record's."""
    path = Path(record)
    folder = results_folder([record])
    if not path.is_relative_to(folder / RECORDS) or path.suffix != SUFFIX:
        return record
    return str(folder / path.relative_to(folder / RECORDS).with_suffix(""))


def _folder_of(path: Path) -> Path:
    return Path(*path.parts[: path.parts.index(RESULTS) + 1])


def check_inputs(inputs: Any, folder: Path = Path(RESULTS)) -> None:
    """Check that the files that a job reads are as the jobs that made them have written them.

    A file without a record, such as one that was copied without it, is compared with the hash
    beside it if it has one, and must have the form that its name says. It is remembered from then
    on.

    Parameters
    ----------
    inputs
        The ``input`` of one of the workflow's jobs.
    folder
        That of all results.

    Raises
    ------
    UserError
        Naming the files to delete.
    """
    beside = dict(_hashes_beside(inputs))
    files = _files(inputs, folder)
    changed = [path for path in files if not _is_intact(path, beside.get(str(path)))]
    if changed:
        raise UserError(_changed_message(changed, beside))


def forget(outputs: Sequence[str]) -> None:
    """Remove the records of files that a job is about to write."""
    for path in _files(outputs, results_folder(outputs), missing=True):
        with contextlib.suppress(OSError):
            record_of(path).unlink(missing_ok=True)


def remember(outputs: Sequence[str], code: str | None = None) -> None:
    """Record the content of the files that a job has written, and the hash of its code."""
    for path in _files(outputs, results_folder(outputs)):
        Record.of(path, code).write(path)


def _files(paths: Iterable[str], folder: Path, missing: bool = False) -> Iterator[Path]:
    """Yield the files among results; folders have no content of their own."""
    for path in map(Path, paths):
        if path.is_relative_to(folder) and (path.is_file() or missing):
            yield path


def _is_intact(path: Path, beside: str | None) -> bool:
    known = Record.read(path)
    if known is not None and known.status == _status(path):
        return True
    found = Record.of(path, known and known.code)
    if not (found.sha256 == known.sha256 if known else _is_plausible(path, found, beside)):
        return False
    found.write(path)
    return True


def _is_plausible(path: Path, found: Record, beside: str | None) -> bool:
    """Return whether a file may be as it was written, if nothing is recorded of it."""
    return _is_sound(path) if beside is None else found.sha256 == beside


def _is_sound(path: Path) -> bool:
    """Return whether a file of which nothing is known has the form that its name says."""
    import numpy as np

    try:
        match path.suffix:
            case ".npy":
                np.load(path, mmap_mode="r", allow_pickle=False)
            case ".npz" | ".pt":
                return zipfile.is_zipfile(path)
            case ".json":
                json.loads(path.read_bytes())
            case ".csv":
                path.read_bytes().decode()
                return path.stat().st_size > 0
    except (OSError, ValueError, EOFError):
        return False
    return True


def _hashes_beside(inputs: Any) -> Iterator[tuple[str, str]]:
    """Yield the files among a job's inputs whose hashes other inputs hold, with these."""
    named: Mapping[str, Any] = dict(inputs.items()) if hasattr(inputs, "items") else {}
    for key, value in named.items():
        if (digests := named.get(f"{key}_digest") or named.get(f"{key}_digests")) is not None:
            yield from zip(_as_list(value), map(_first_word, _as_list(digests)), strict=True)
        elif key in _BESIDE and (bounds := named.get(_BESIDE[key])) is not None:
            yield from ((each, _hash_in(bounds)) for each in _as_list(value))


def _as_list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _first_word(path: str) -> str | None:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return Path(path).read_text(encoding="utf-8").strip()
    return None


def _hash_in(bounds: str) -> str | None:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return json.loads(Path(bounds).read_text(encoding="utf-8")).get("sha256")
    return None


def _changed_message(changed: list[Path], beside: Mapping[str, str | None]) -> str:
    listed = changed[:_SHOWN]
    kept = [
        path
        for path in listed
        if record_of(path).exists() and _is_plausible(path, Record.of(path), beside.get(str(path)))
    ]
    shown = "".join(f"\n  - {path}" for path in listed)
    others = f"\n  and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
    return (
        f"Input differs from what the workflow wrote; it was edited, cut, replaced or damaged "
        f"since:{shown}{others}\nDelete what is listed and run again; it will be made again:\n"
        f"  {_rm(listed)}{_keeping_message(kept, len(listed))}"
    )


def _keeping_message(kept: list[Path], listed: int) -> str:
    """Say how to keep files that would be taken as they are without their records."""
    if not kept:
        return ""
    which = "they" if len(kept) == listed else f"{', '.join(map(str, kept))}"
    return (
        f"\nIf {which} are results of the same config, such as single files of a backup, keep them "
        f"and delete what is recorded about them instead:\n  {_rm(map(record_of, kept))}"
    )


def _rm(paths: Iterable[Path]) -> str:
    return f"rm {shlex.join(map(str, paths))}"


def _status(path: Path) -> list[int]:
    return list(stamp_of(os.stat(path)))
