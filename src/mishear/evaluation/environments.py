"""What the victims and evaluations of a study were computed with, and whether it is the same."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from mishear.core.tables.base import Described
from mishear.core.tables.environments import ENVIRONMENTS
from mishear.core.tables.shared import ENVIRONMENT_KEYS, SETTING_KEYS
from mishear.core.tables.training import HISTORY
from mishear.evaluation.evaluated import Evaluated
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
    evaluations: Iterable[Evaluated], trainings: Iterable[Described]
) -> Iterator[dict[str, Any]]:
    """Count the victims and evaluations of each setting by what they were computed with.

    Parameters
    ----------
    evaluations
        From :func:`mishear.evaluation.evaluated.read_evaluations`.
    trainings
        Files of :data:`mishear.core.tables.training.HISTORY`, with the setting of each victim.

    Yields
    ------
    dict
        Rows of :data:`mishear.core.tables.environments.ENVIRONMENTS`.
    """
    victims = [each.keys | recorded(HISTORY.read(each.file)) for each in trainings]
    yield from _counted("victims", victims)
    yield from _counted("evaluations", [each.keys | each.numbers for each in evaluations])


def write_environments(
    evaluations: Iterable[Evaluated], trainings: Iterable[Described], path: str | Path
) -> None:
    """Write the table of :func:`environments`."""
    ENVIRONMENTS.write(environments(evaluations, trainings), path)


def _counted(kind: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    names = (*SETTING_KEYS, *ENVIRONMENT_KEYS)
    counts = Counter(tuple(row[name] for name in names) for row in rows)
    for values, count in sorted(counts.items()):
        yield {**dict(zip(names, values, strict=True)), "kind": kind, "count": count}


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
    """Say in what the victims, or the evaluations, of a setting differ; empty if in nothing.

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
