"""The table of all evaluations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Column:
    """A column of the summary as the page shows it.

    Attributes
    ----------
    title
        Heading.
    form
        Format of its numbers; empty for text.
    shown
        When it is shown: ``always``, if it holds ``several`` values, or if it holds ``any``.
    """

    title: str
    form: str = ""
    shown: str = "always"

    def is_shown(self, values: pd.Series) -> bool:
        """Return whether the column says anything that is not the same in every row."""
        if self.shown == "several":
            return values.nunique() > 1
        return self.shown == "always" or values.notna().any()


@dataclass(frozen=True)
class Cell:
    """Text of a cell, and the number that it is sorted by; None for text."""

    text: str
    value: float | str | None


@dataclass(frozen=True)
class NumbersTable:
    """The summary for reading."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


COLUMNS = {
    "corpus": Column("corpus", shown="several"),
    "front_end": Column("front end", shown="several"),
    "network": Column("network", shown="several"),
    "recipe": Column("recipe"),
    "seed": Column("seed", "d", shown="several"),
    "defence": Column("defence", shown="several"),
    "evaluation": Column("evaluation", shown="several"),
    "gradient": Column("gradient", shown="several"),
    "attack": Column("attack"),
    "corruption": Column("corruption", shown="any"),
    "severity": Column("severity", "g", shown="any"),
    "level": Column("level", "g", shown="any"),
    "level_unit": Column("unit", shown="any"),
    "domain": Column("domain"),
    "norm": Column("norm"),
    "budget": Column("budget", shown="several"),
    "eps": Column("eps", "g"),
    "n": Column("n", ",d"),
    "clean_accuracy": Column("clean accuracy", ".3f"),
    "accuracy": Column("accuracy", ".3f"),
    "ci_low": Column("95 % from", ".3f"),
    "ci_high": Column("to", ".3f"),
    "saved_accuracy": Column("accuracy, saved", ".3f", shown="any"),
    "attack_success_rate": Column("attack success", ".3f"),
    "median_l2": Column("median L2", ".3g"),
    "median_snr_db": Column("median SNR, dB", ".1f"),
    "median_si_sdr_db": Column("median SI-SDR, dB", ".1f", shown="any"),
    "rejected": Column("rejected", "d"),
    "mean_queries": Column("queries", ",.0f", shown="any"),
    "seconds": Column("seconds", ".2f"),
}
"""Columns of the summary, by their names there."""


def numbers_table(summary: pd.DataFrame) -> NumbersTable:
    """Lay the summary out; columns that say the same in every row are left out."""
    shown = {name: column for name, column in COLUMNS.items() if column.is_shown(summary[name])}
    return NumbersTable(
        columns=list(shown.values()),
        rows=[
            [_cell(value, column.form) for value, column in zip(row, shown.values(), strict=True)]
            for row in summary[list(shown)].itertuples(index=False)
        ],
    )


def _cell(value: Any, form: str) -> Cell:
    if not form:
        return Cell("" if pd.isna(value) else value, None)
    if np.isnan(value):
        return Cell("", "nan")
    if np.isinf(value):
        return Cell("none" if form == "g" else "∞", value)
    return Cell(format(value, form), value)
