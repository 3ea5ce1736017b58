"""Trainings and defences ranked by their worst case, and the accuracies behind them."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mishear.core.statistics import Difference, Measured
from mishear.evaluation.measurements import difference, level, measured, shown_sizes
from mishear.paper.defence_claims import ACCURACY_COLUMNS, OWN, UNDEFENDED

Masking = set[tuple[str, str]]
"""Trainings and defences that mask their gradients, see :func:`mishear.report.checks.masking`."""


@dataclass(frozen=True)
class DefenceRow:
    """One training behind one defence at one eps; None is what was not measured.

    Attributes
    ----------
    gradient
        How the gradient through the defence is computed.
    masks
        Whether it masks its gradients.
    attacks
        Accuracies under adaptive attacks, by the attack.
    strongest
        The attack that leaves the lowest accuracy.
    difference
        Of the worst case to that of the undefended reference, paired.
    unsearched
        Whether the gradient is not exact and no attack of the worst case does without it.
    """

    recipe: str
    defence: str
    gradient: str
    masks: bool
    attacks: Mapping[str, Measured]
    strongest: str
    clean: Measured | None
    transfer: Measured | None
    adaptive: Measured | None
    worst: Measured | None
    difference: Difference | None
    unsearched: bool


@dataclass(frozen=True)
class DefenceTable:
    """All trainings and defences at one eps, the best worst case first."""

    eps: float
    attacks: Sequence[str]
    rows: Sequence[DefenceRow]


def defence_tables(
    robustness: pd.DataFrame,
    table: pd.DataFrame,
    masking: Masking,
    eps: float,
    black_boxes: Set[str] = frozenset(),
) -> list[DefenceTable]:
    """Rank every training and defence at each eps shown.

    Parameters
    ----------
    robustness
        Rows of one setting of ``robustness_over_seeds.csv``.
    table
        Rows of the same setting of ``summary_over_seeds.csv``.
    masking
        What is not ranked.
    eps
        The size that is always shown.
    black_boxes
        Names of the attacks that use no gradient.
    """
    limited = _limited(robustness)
    if len(limited[["recipe", "defence"]].drop_duplicates()) < 2:
        return []
    tables = []
    for size in shown_sizes(limited.eps, eps):
        rows = limited[limited.eps == size].sort_values(
            ["worst_accuracy", "clean_accuracy"], ascending=False
        )
        ranked = _can_be_ranked(rows, masking)
        rows = pd.concat([rows[ranked], rows[~ranked]])
        at_size = table[(table.eps == size) & (table.norm == "linf")]
        at_size = at_size[at_size.evaluation == "adaptive"]
        found = [_row(row, at_size, masking, black_boxes) for row in rows.itertuples()]
        tables.append(DefenceTable(size, list(dict.fromkeys(at_size.attack)), found))
    return tables


def _limited(robustness: pd.DataFrame) -> pd.DataFrame:
    return robustness[(robustness.norm == "linf") & np.isfinite(robustness.eps)]


def _can_be_ranked(rows: pd.DataFrame, masking: Masking) -> pd.Series:
    """Return whether adaptive attacks were run and had usable gradients."""
    masks = [place in masking for place in zip(rows.recipe, rows.defence, strict=True)]
    return rows.adaptive_accuracy.notna() & ~np.array(masks, dtype=bool)


def _row(row: Any, at_size: pd.DataFrame, masking: Masking, black_boxes: Set[str]) -> DefenceRow:
    of_row = at_size[(at_size.recipe == row.recipe) & (at_size.defence == row.defence)]
    return DefenceRow(
        recipe=row.recipe,
        defence=row.defence,
        gradient=row.gradient,
        masks=(row.recipe, row.defence) in masking,
        attacks={found.attack: measured(found) for found in of_row.itertuples()},
        strongest=row.strongest,
        clean=level(row, "clean"),
        transfer=level(row, "transfer"),
        adaptive=level(row, "adaptive"),
        worst=level(row, "worst"),
        difference=difference(row),
        unsearched=row.gradient not in ("exact", "none")
        and not black_boxes & set(row.attacks.split()),
    )


def best_defence(
    robustness: pd.DataFrame, reference: str | None, masking: Masking, eps: float
) -> Any:
    """Return the defended row with the best worst case at the eps nearest to one, if there is any.

    One that masks its gradients is returned only where there is no other.
    """
    rows = _limited(robustness)
    rows = rows[(rows.recipe != reference) | (rows.defence != "none")]
    if rows.empty:
        return None
    rows = rows[rows.adaptive_accuracy.notna()]
    if rows.empty:
        return None
    nearest = rows.eps[(rows.eps - eps).abs().idxmin()]
    rows = rows[rows.eps == nearest]
    ranked = _can_be_ranked(rows, masking)
    rows = rows[ranked] if ranked.any() else rows
    return rows.loc[rows.worst_accuracy.idxmax()]


def claimed_accuracies(
    table: pd.DataFrame, reference: str | None, libraries: Mapping[str, str]
) -> pd.DataFrame:
    """Gather the accuracies that :mod:`mishear.paper.defence_claims` judges.

    Parameters
    ----------
    table
        Rows of one setting of ``summary_over_seeds.csv``.
    reference
        The training without a defence.
    libraries
        The library of each defence, and of each training by another library.
    """
    limited = table[(table.norm == "linf") & np.isfinite(table.eps) & table.evaluation.notna()]
    rows = [
        {
            "library": libraries.get(row.recipe if row.defence == "none" else row.defence, OWN),
            "defence": _shown_name(row, reference),
            "counterpart": row.counterpart if row.defence == "none" else None,
            "clean": row.clean_accuracy,
            "attack": row.attack,
            "eps": row.eps,
            "evaluation": row.evaluation,
            "accuracy": row.accuracy,
            "low": row.ci_low,
            "high": row.ci_high,
            "difference": row.difference,
            "difference_low": row.difference_low,
            "difference_high": row.difference_high,
            "loss": row.loss,
            "loss_low": row.loss_low,
            "loss_high": row.loss_high,
            "gain": row.gain,
            "gain_low": row.gain_low,
            "gain_high": row.gain_high,
            "n": row.n,
        }
        for row in limited.itertuples()
    ]
    return pd.DataFrame(rows, columns=list(ACCURACY_COLUMNS))


def _shown_name(row: Any, reference: str | None) -> str:
    """Name a victim by its training, by the defence before it, or by both."""
    parts = [row.recipe] if row.recipe != reference else []
    parts += [row.defence] if row.defence != "none" else []
    return " behind ".join(parts) or UNDEFENDED
