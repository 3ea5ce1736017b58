"""Measurements of a study: accuracies over its seeds, with their intervals."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mishear.core.errors import UserError
from mishear.core.statistics import Difference, Measured, over_counts
from mishear.core.tables.base import AGAIN
from mishear.core.tables.evaluation import SUMMARY
from mishear.core.tables.over_seeds import SUMMARY_OVER_SEEDS

SETTING = ["corpus", "front_end", "network"]
INTERVALS = {"accuracy": "ci", "saved_accuracy": "saved", "attack_success_rate": "success"}
"""Columns of the summary, with what the names of their limits begin with."""


def of_setting(table: pd.DataFrame, setting: Mapping[str, str]) -> pd.DataFrame:
    """Select the rows of one corpus, front end and network."""
    chosen = pd.Series(True, index=table.index)
    for key in SETTING:
        chosen &= table[key] == setting[key]
    return table[chosen]


def read_summary(path: str | Path) -> pd.DataFrame:
    """Read ``summary.csv``.

    Raises
    ------
    UserError
        If a value is outside of its interval.
    """
    table = SUMMARY.frame(path)
    for name, stem in INTERVALS.items():
        outside = (table[name] < table[f"{stem}_low"]) | (table[name] > table[f"{stem}_high"])
        if outside.any():
            line = int(outside.to_numpy().argmax()) + 2
            raise UserError(f"{path}, line {line}: {name} is outside of its interval. {AGAIN}")
    return table


def without_corruptions(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out natural corruptions, which are no attacks; what is about attacks reads the rest."""
    return table[table.corruption.isna()]


def read_attacked(path: str | Path) -> pd.DataFrame:
    """Read the rows of ``summary_over_seeds.csv`` without natural corruptions."""
    return without_corruptions(SUMMARY_OVER_SEEDS.frame(path))


def on_inputs(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out attacks on the waveform, whose eps is no change of the spectrogram."""
    return table[(table.domain != "waveform") | ~table.budget.notna()]


def sounds_of_setting(table: pd.DataFrame, setting: Mapping[str, str]) -> pd.DataFrame:
    """Select the sounds of one corpus, front end and network, and those of no network."""
    chosen = pd.Series(True, index=table.index)
    for key in SETTING:
        chosen &= (table[key] == setting[key]) | (table[key].isna() & (key == "network"))
    return table[chosen]


def measured(row: Any, clean: bool = False) -> Measured:
    """Return the accuracy of a row of ``summary_over_seeds.csv``, under attack or on clean ones."""
    if clean:
        return _proportion(row, "clean_accuracy", "clean", row.n)
    return _proportion(row, "accuracy", "ci", row.n)


def first_measured(rows: pd.DataFrame) -> Measured | None:
    """Return the accuracy under attack of the first of some rows; None if there is none."""
    return measured(next(rows.itertuples())) if len(rows) else None


def saved(row: Any) -> Measured | None:
    """Return the accuracy of such a row on recordings saved after the attack, if they were."""
    return proportion(row, "saved_accuracy", "saved", row.n)


def succeeded(row: Any) -> Measured:
    """Return the success rate of a row of ``summary_over_seeds.csv``."""
    return _proportion(row, "attack_success_rate", "success", round(row.tried))


def level(row: Any, kind: str) -> Measured | None:
    """Return an accuracy of a row of ``robustness_over_seeds.csv``; None if it was not measured.

    ``kind`` is ``clean``, ``transfer``, ``adaptive`` or ``worst``.
    """
    return proportion(row, f"{kind}_accuracy", kind, row.n)


def difference(row: Any, name: str = "difference") -> Difference | None:
    """Return a difference of a row of a table over seeds; None if it was not measured.

    Parameters
    ----------
    row
        Of ``summary_over_seeds.csv`` or ``robustness_over_seeds.csv``.
    name
        Name of the column; unset: that to the undefended reference.
    """
    values = [getattr(row, f"{name}{end}") for end in ("", "_low", "_high")]
    return None if pd.isna(values[0]) else Difference(*map(float, values))


def proportion(row: Any, name: str, stem: str, n: float) -> Measured | None:
    """Return a proportion of a row of a table over seeds; None if it was not measured.

    Parameters
    ----------
    row
        Has ``seeds``.
    name, stem
        Name of the proportion's column, and what the names of its limits begin with.
    n
        How many recordings it is measured on.
    """
    return None if pd.isna(getattr(row, name)) else _proportion(row, name, stem, n)


def _proportion(row: Any, name: str, stem: str, n: float) -> Measured:
    columns = (name, f"{stem}_low", f"{stem}_high", f"{name}_lowest", f"{name}_highest")
    value, low, high, lowest, highest = (float(getattr(row, column)) for column in columns)
    return Measured(value, low, high, int(n), int(row.seeds), lowest, highest)


def from_counts(correct: Sequence[float], n: Sequence[int]) -> Measured:
    """Return a proportion over seeds of which only counts are known.

    Parameters
    ----------
    correct, n
        Successes and trials with each seed.
    """
    counts, trials = np.round(correct), np.asarray(n)
    shares = counts / trials
    return Measured(
        *over_counts(counts, trials),
        n=int(trials[0]),
        seeds=len(trials),
        lowest=float(shares.min()),
        highest=float(shares.max()),
    )


def read_accuracies(paths: Iterable[Path]) -> dict[str, Measured]:
    """Read the accuracies on clean recordings of each split, over the seeds of one training.

    Parameters
    ----------
    paths
        ``accuracy.json`` of each seed.

    Raises
    ------
    UserError
        If one lacks a split or a number, or the numbers contradict each other.
    """
    files = {path: json.loads(path.read_text(encoding="utf-8")) for path in paths}
    splits = list(dict.fromkeys(["test", *(split for file in files.values() for split in file)]))
    counts = {
        split: [_counts(path, file, split) for path, file in files.items()] for split in splits
    }
    return {split: from_counts(*zip(*found, strict=True)) for split, found in counts.items()}


def _counts(path: Path, file: Mapping[str, Any], split: str) -> tuple[int, int]:
    """Return how many recordings of a split are classified correctly, of how many."""
    try:
        found = file[split]
        if 0 <= found["correct"] <= found["n"] and math.isclose(
            found["accuracy"] * found["n"], found["correct"]
        ):
            return found["correct"], found["n"]
    except (KeyError, TypeError):
        pass
    raise UserError(f"{path} does not hold the accuracy on the {split} split. {AGAIN}")


def shown_sizes(eps: Iterable[float], wanted: float, most: int = 3) -> list[float]:
    """Choose the eps that a table or figure shows: all if few, else the one wanted and the ends.

    Parameters
    ----------
    eps
        All that were run.
    wanted
        The one nearest to it is always shown.
    most
        How many are few.
    """
    found = sorted(set(eps))
    if len(found) <= most:
        return found
    nearest = min(found, key=lambda value: (abs(value - wanted), value))
    return sorted({found[0], nearest, found[-1]})
