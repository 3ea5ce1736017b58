"""Measurements of a study: seeds brought together, accuracies with their intervals."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from mishear.core.statistics import Measured, wilson_interval
from mishear.core.tables.evaluation import ROBUSTNESS

SETTING = ["corpus", "front_end", "network"]
KEYS = [
    *SETTING,
    "recipe",
    "poison",
    "poison_amplitude",
    "poisoning_rate",
    "training_eps",
    "training_sigma",
    "detector",
    "defence",
    "evaluation",
    "source",
    "attack",
    "domain",
    "norm",
    "budget",
    "eps",
]


def over_seeds(summary: pd.DataFrame) -> pd.DataFrame:
    """Merge the rows that differ in the seed alone.

    Numbers are means over the seeds; ``ci_low`` and ``ci_high`` are the lowest and the highest
    limit, and so are ``clean_low`` and ``clean_high`` for ``clean_accuracy``, ``success_low`` and
    ``success_high`` for ``attack_success_rate``. ``seeds`` is their number.
    """
    clean = [
        wilson_interval(round(accuracy * n), int(n))
        for accuracy, n in zip(summary.clean_accuracy, summary.n, strict=True)
    ]
    table = summary.assign(
        clean_low=[low for low, _ in clean], clean_high=[high for _, high in clean]
    )
    how = {
        "n": ("n", "first"),
        "seeds": ("seed", "nunique"),
        "accuracy": ("accuracy", "mean"),
        "ci_low": ("ci_low", "min"),
        "ci_high": ("ci_high", "max"),
        "clean_accuracy": ("clean_accuracy", "mean"),
        "clean_low": ("clean_low", "min"),
        "clean_high": ("clean_high", "max"),
        "attack_success_rate": ("attack_success_rate", "mean"),
        "success_low": ("success_low", "min"),
        "success_high": ("success_high", "max"),
        "tried": ("tried", "first"),
        "median_l2": ("median_l2", "mean"),
        "median_snr_db": ("median_snr_db", "mean"),
        "saved_accuracy": ("saved_accuracy", "mean"),
        "saved_low": ("saved_low", "min"),
        "saved_high": ("saved_high", "max"),
        "rejected": ("rejected", "sum"),
    }
    return table.groupby(KEYS, dropna=False, sort=False).agg(**how).reset_index()


def of_setting(table: pd.DataFrame, setting: Mapping[str, str]) -> pd.DataFrame:
    """Select the rows of one corpus, front end and network."""
    chosen = pd.Series(True, index=table.index)
    for key in SETTING:
        chosen &= table[key] == setting[key]
    return table[chosen]


def on_spectrograms(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out attacks on the waveform, whose eps is no change of the spectrogram."""
    return table[(table.domain != "waveform") | ~table.budget.notna()]


def sounds_of_setting(table: pd.DataFrame, setting: Mapping[str, str]) -> pd.DataFrame:
    """Select the sounds of one corpus, front end and network, and those of no network."""
    chosen = pd.Series(True, index=table.index)
    for key in SETTING:
        chosen &= (table[key] == setting[key]) | (table[key].isna() & (key == "network"))
    return table[chosen]


def measured(row: Any, clean: bool = False) -> Measured:
    """Return the accuracy of a row of :func:`over_seeds`, under attack or on clean recordings."""
    if clean:
        values = (row.clean_accuracy, row.clean_low, row.clean_high)
    else:
        values = (row.accuracy, row.ci_low, row.ci_high)
    return Measured(*map(float, values), n=int(row.n), seeds=int(row.seeds))


def first_measured(rows: pd.DataFrame) -> Measured | None:
    """Return the accuracy under attack of the first of some rows; None if there is none."""
    return measured(next(rows.itertuples())) if len(rows) else None


def succeeded(row: Any) -> Measured:
    """Return the success rate of a row of :func:`over_seeds`, with its own interval."""
    values = (row.attack_success_rate, row.success_low, row.success_high)
    return Measured(*map(float, values), n=int(row.tried), seeds=int(row.seeds))


def read_accuracies(paths: Iterable[Path]) -> dict[str, Measured]:
    """Read the accuracies on clean recordings of each split, over the seeds of one training.

    Parameters
    ----------
    paths
        ``accuracy.json`` of each seed.
    """
    files = [json.loads(path.read_text()) for path in paths]
    found = {}
    for split in files[0]:
        counts = [file[split] for file in files]
        intervals = [wilson_interval(count["correct"], count["n"]) for count in counts]
        found[split] = Measured(
            accuracy=sum(count["accuracy"] for count in counts) / len(counts),
            low=min(low for low, _ in intervals),
            high=max(high for _, high in intervals),
            n=counts[0]["n"],
            seeds=len(counts),
        )
    return found


LIMIT = ["domain", "norm", "budget", "eps"]
"""What an attack may change, and by how much."""
DEFENDED = [*SETTING, "recipe", "defence", "gradient", *LIMIT]


def read_robustness(path: Path) -> pd.DataFrame:
    """Read ``robustness.csv`` over its seeds: a row per training, defence and limit.

    Accuracies are means; ``*_low`` and ``*_high`` run from the lowest to the highest limit.
    """
    table = ROBUSTNESS.frame(path)
    how = {"n": ("n", "first"), "seeds": ("seed", "nunique")}
    for kind in ("clean", "transfer", "adaptive", "worst"):
        how[f"{kind}_accuracy"] = (f"{kind}_accuracy", "mean")
        how[f"{kind}_low"] = (f"{kind}_low", "min")
        how[f"{kind}_high"] = (f"{kind}_high", "max")
    how |= {"strongest": ("strongest", "first"), "attacks": ("attacks", "first")}
    return table.groupby(DEFENDED, dropna=False, sort=False).agg(**how).reset_index()


def level(row: Any, kind: str) -> Measured | None:
    """Return an accuracy of a row of :func:`read_robustness`; None where it was not measured.

    ``kind`` is ``clean``, ``transfer``, ``adaptive`` or ``worst``.
    """
    values = [getattr(row, f"{kind}_{value}") for value in ("accuracy", "low", "high")]
    if pd.isna(values[0]):
        return None
    return Measured(*map(float, values), n=int(row.n), seeds=int(row.seeds))


def shown_sizes(eps: Iterable[float], wanted: float, most: int = 3) -> list[float]:
    """Choose the eps that a table or figure shows: all if few, else the one wanted and the ends.

    Parameters
    ----------
    eps
        All that were run.
    wanted
        dB; the one nearest to it is always shown.
    most
        How many are few.
    """
    found = sorted(set(eps))
    if len(found) <= most:
        return found
    nearest = min(found, key=lambda value: (abs(value - wanted), value))
    return sorted({found[0], nearest, found[-1]})
