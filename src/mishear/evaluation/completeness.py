"""Check that tables of results are about the test recordings of their splits, and about all."""

import shlex
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path

from mishear.core.errors import UserError
from mishear.core.tables.base import Described
from mishear.features.split import read_split

Tests = Mapping[str, Sequence[frozenset[str]]]
"""By corpus the test recordings of its split, or of each of its folds."""


def recordings_of_tests(splits: Iterable[Described]) -> Tests:
    """Read the test recordings of splits with their ``corpus``."""
    found: dict[str, list[frozenset[str]]] = {}
    for split in splits:
        division = read_split(split.file)
        names = division.recordings[division.rows("test")].tolist()
        found.setdefault(split.keys["corpus"], []).append(frozenset(names))
    return found


def check_complete(names: Sequence[str], file: Path, tests: Sequence[frozenset[str]]) -> None:
    """Check that a table has a row for each test recording, and no other.

    Parameters
    ----------
    names
        The recordings in it.
    file
        The table, for the message.
    tests
        Those of its corpus, see :data:`Tests`.

    Raises
    ------
    UserError
        If one is missing, twice there or of another split.
    """
    given = Counter(names)
    if given.total() == len(given) and frozenset(given) in tests:
        return
    nearest = max(tests, key=lambda test: len(test & frozenset(given)), default=frozenset())
    raise _incomplete(
        [file],
        {
            f"of {len(nearest)} are missing": sorted(nearest - frozenset(given)),
            "are not in the test split": sorted(frozenset(given) - nearest),
            "are listed more than once": [name for name, count in given.items() if count > 1],
        },
    )


def check_present(names: Sequence[str], given: Container[str], files: Sequence[Path]) -> None:
    """Check that tables have rows for some of the test recordings.

    Parameters
    ----------
    names
        The recordings that are looked for.
    given
        Those in the tables.
    files
        The tables, for the message.

    Raises
    ------
    UserError
        If one is missing.
    """
    if missing := [name for name in names if name not in given]:
        raise _incomplete(files, {f"of {len(names)} are missing": missing})


def _incomplete(files: Sequence[Path], wrong: Mapping[str, Sequence[str]]) -> UserError:
    """Return the error about tables, given what is wrong with which recordings."""
    said = [
        f"{len(found)} {what} ({found[0]}{', ...' if len(found) > 1 else ''})"
        for what, found in wrong.items()
        if found
    ]
    tables = list(map(str, files))
    return UserError(
        f"{', '.join(tables)} is not about the test recordings of its split: {', '.join(said)}. "
        f"Delete it and run again; it will be made again:\n  rm {shlex.join(tables)}"
    )
