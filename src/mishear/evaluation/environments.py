"""What the results of a study were computed with, and whether it is the same."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from mishear.core.tables.base import Described
from mishear.core.tables.shared import COMPUTED, ENVIRONMENT_KEYS, SETTING_KEYS
from mishear.core.versions import united
from mishear.evaluation.corrupted import severities_in
from mishear.evaluation.summary import SEVERAL, recorded

CALLED = {
    "device": "device",
    "gpu": "GPU",
    "cpu_capability": "CPU instruction set",
    "threads": "number of threads",
    "libraries": "versions of libraries",
}
"""Columns in which a difference may change a number, and what they are called on the page.

The model of the CPU is none: two of one instruction set compute the same.
"""


def environments(
    files: Iterable[Described], corrupted: Iterable[Described] = ()
) -> Iterator[dict[str, Any]]:
    """Count the results of each setting by what they were computed with.

    Their libraries are united, see :func:`mishear.core.versions.united`.

    Parameters
    ----------
    files
        Tables with the columns of :data:`mishear.core.tables.shared.ENVIRONMENT`, each of one
        result, with its setting and kind.
    corrupted
        Tables with the results of several severities.

    Yields
    ------
    dict
        Rows of :data:`mishear.core.tables.environments.ENVIRONMENTS`, by kind in the order of the
        files.
    """
    names = (*SETTING_KEYS, *ENVIRONMENT_KEYS)
    counts: dict[str, Counter] = {}
    results = [{**keys, **recorded(rows)} for keys, rows in _results(files, corrupted)]
    libraries = united(row["libraries"] for row in results if SEVERAL not in row["libraries"])
    for row in results:
        row["libraries"] = libraries.get(row["libraries"], row["libraries"])
        counts.setdefault(row["kind"], Counter())[tuple(row[name] for name in names)] += 1
    for kind, found in counts.items():
        for values, count in sorted(found.items()):
            yield {**dict(zip(names, values, strict=True)), "kind": kind, "count": count}


def _results(
    files: Iterable[Described], corrupted: Iterable[Described]
) -> Iterator[tuple[Mapping[str, Any], list[dict[str, Any]]]]:
    """Yield what is said of each result, and its rows."""
    for each in files:
        # The check of an attack of one step may have no rows.
        if rows := COMPUTED.read(each.file):
            yield each.keys, rows
    for each in corrupted:
        for _, rows in severities_in(each.file):
            yield each.keys, rows


def recorded_values(table: pd.DataFrame) -> dict[str, list[str]]:
    """Return the values of each column of an environment, by what the column is called.

    Parameters
    ----------
    table
        Rows of :data:`mishear.core.tables.environments.ENVIRONMENTS`.
    """
    names = {"cpu": "CPU", **CALLED}
    values = {name: sorted(table[column].dropna().unique()) for column, name in names.items()}
    return {name: found for name, found in values.items() if found}


def mixture(table: pd.DataFrame) -> str:
    """Say in what the results of one kind in a setting differ; empty if in nothing.

    Parameters
    ----------
    table
        The rows of :data:`mishear.core.tables.environments.ENVIRONMENTS` of one setting.
    """
    found = []
    for kind, rows in table.groupby("kind", sort=False):
        for column, name in CALLED.items():
            counts = rows.groupby(rows[column].fillna("none"))["count"].sum()
            if len(counts) > 1 or SEVERAL in counts.index[0]:
                parts = ", ".join(f"{value} ({count})" for value, count in counts.items())
                found.append(f"{kind} by {name}: {parts}")
    return "; ".join(found)
