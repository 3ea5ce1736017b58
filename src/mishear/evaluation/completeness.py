"""Check that tables of results are about the test recordings of their splits, and about all."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
    missing, others = sorted(nearest - frozenset(given)), sorted(frozenset(given) - nearest)
    twice = [name for name, count in given.items() if count > 1]
    said = [
        f"{len(found)} {what} ({found[0]}{', ...' if len(found) > 1 else ''})"
        for found, what in (
            (missing, "are missing"),
            (others, "are not in the test split"),
            (twice, "are listed more than once"),
        )
        if found
    ]
    raise UserError(
        f"{file} is not about the {len(nearest)} test recordings of its split: {', '.join(said)}. "
        f"Delete it and run again; it will be made again:\n  rm {file}"
    )
