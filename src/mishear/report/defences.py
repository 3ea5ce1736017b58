"""What the report says of defences and of how far the attacks on them can be trusted."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mishear.evaluation.checks import PLANTED, Finding, hides_gradients
from mishear.evaluation.measurements import level, measured, shown_sizes
from mishear.paper.claims import ACCURACY_COLUMNS, OWN, UNDEFENDED
from mishear.paper.comparison import PGD_STEP, PGD_STEPS, attacks_in_role
from mishear.study.reported import AttackDefinition

CHECK_ORDER = (
    "accuracy falls with eps",
    "without a limit nothing is heard right",
    "more iterations change little",
    "no weaker than one step",
    "no weaker than random noise",
    "no weaker than a black box",
    "adaptive no weaker than transfer",
    PLANTED,
)


def defence_tables(
    robustness: pd.DataFrame,
    table: pd.DataFrame,
    hidden: set[tuple[str, str]],
    eps: float,
) -> list[dict[str, Any]]:
    """For each eps shown, every training and defence with its accuracies, best worst case first.

    Parameters
    ----------
    robustness
        Rows of one setting of :func:`mishear.evaluation.measurements.read_robustness`.
    table
        Rows of the same setting of :func:`mishear.evaluation.measurements.over_seeds`.
    hidden
        Trainings and defences that only hide gradients, see :func:`hiding`.
    eps
        dB; the size that is shown in any case.
    """
    limited = robustness[(robustness.norm == "linf") & np.isfinite(robustness.eps)]
    if len(limited[["recipe", "defence"]].drop_duplicates()) < 2:
        return []
    tables = []
    for size in shown_sizes(limited.eps, eps):
        rows = limited[limited.eps == size].sort_values(
            ["worst_accuracy", "clean_accuracy"], ascending=False
        )
        ranked = _can_be_ranked(rows, hidden)
        rows = pd.concat([rows[ranked], rows[~ranked]])
        at_size = table[(table.eps == size) & (table.norm == "linf")]
        at_size = at_size[at_size.evaluation == "adaptive"]
        attacks = list(dict.fromkeys(at_size.attack))
        tables.append(
            {
                "eps": size,
                "attacks": attacks,
                "rows": [_row(row, at_size, attacks, hidden) for row in rows.itertuples()],
            }
        )
    return tables


def _can_be_ranked(rows: pd.DataFrame, hidden: set[tuple[str, str]]) -> pd.Series:
    """Whether attackers who know the defence have tried, and could see their way."""
    hides = [place in hidden for place in zip(rows.recipe, rows.defence, strict=True)]
    return rows.adaptive_accuracy.notna() & ~np.array(hides, dtype=bool)


def _row(
    row: Any, at_size: pd.DataFrame, attacks: Sequence[str], hidden: set[tuple[str, str]]
) -> dict[str, Any]:
    of_row = at_size[(at_size.recipe == row.recipe) & (at_size.defence == row.defence)]
    by_attack = {found.attack: measured(found) for found in of_row.itertuples()}
    return {
        "recipe": row.recipe,
        "defence": row.defence,
        "gradient": row.gradient,
        "hides": (row.recipe, row.defence) in hidden,
        "attacks": [by_attack.get(attack) for attack in attacks],
        "strongest": row.strongest,
        **{kind: level(row, kind) for kind in ("clean", "transfer", "adaptive", "worst")},
    }


def claimed_accuracies(
    table: pd.DataFrame,
    reference: str | None,
    libraries: Mapping[str, str],
    settings: Mapping[str, str],
) -> pd.DataFrame:
    """Accuracies of defences with the library they come from, for :mod:`mishear.paper.claims`.

    Parameters
    ----------
    table
        Rows of one setting of :func:`mishear.evaluation.measurements.over_seeds`.
    reference
        The training without a defence.
    libraries
        For each defence, and each training of another library, where it comes from.
    settings
        For each adversarial training its settings, whoever trains.
    """
    limited = table[(table.norm == "linf") & np.isfinite(table.eps) & table.evaluation.notna()]
    rows = [
        {
            "library": libraries.get(row.recipe if row.defence == "none" else row.defence, OWN),
            "defence": _shown_name(row, reference),
            "settings": settings.get(row.recipe) if row.defence == "none" else None,
            "clean": row.clean_accuracy,
            "attack": row.attack,
            "eps": row.eps,
            "evaluation": row.evaluation,
            "accuracy": row.accuracy,
            "low": row.ci_low,
            "high": row.ci_high,
            "n": row.n,
        }
        for row in limited.itertuples()
    ]
    return pd.DataFrame(rows, columns=list(ACCURACY_COLUMNS))


def _shown_name(row: Any, reference: str | None) -> str:
    """A training's defence by one name: that of the training, of what is before it, or both."""
    parts = [row.recipe] if row.recipe != reference else []
    parts += [row.defence] if row.defence != "none" else []
    return " behind ".join(parts) or UNDEFENDED


def best_defence(
    robustness: pd.DataFrame, reference: str | None, hidden: set[tuple[str, str]], eps: float
) -> Any:
    """The row with the best worst case among the defended at the eps nearest to one; or None.

    One that only hides gradients is given where there is no other.
    """
    rows = robustness[(robustness.norm == "linf") & np.isfinite(robustness.eps)]
    rows = rows[(rows.recipe != reference) | (rows.defence != "none")]
    if rows.empty:
        return None
    rows = rows[rows.adaptive_accuracy.notna()]
    if rows.empty:
        return None
    nearest = rows.eps[(rows.eps - eps).abs().idxmin()]
    rows = rows[rows.eps == nearest]
    ranked = _can_be_ranked(rows, hidden)
    rows = rows[ranked] if ranked.any() else rows
    return rows.loc[rows.worst_accuracy.idxmax()]


def hiding(checks: pd.DataFrame, reference: str | None) -> set[tuple[str, str]]:
    """Trainings and defences whose checks say that they only hide gradients.

    A check that an attack fails on the undefended victim as well speaks against the attack alone.

    Parameters
    ----------
    checks
        Rows of one setting of :func:`mishear.evaluation.measurements.read_checks`.
    reference
        The training of the undefended victim.
    """
    found = set()
    undefended = (checks.recipe == reference) & (checks.defence == "none")
    failed = checks[undefended & (checks.verdict == "fail")]
    faults = set(zip(failed.attack, failed.check, strict=True))
    for place, rows in checks[~undefended].groupby(["recipe", "defence"], sort=False):
        by_attack = {
            attack: [
                Finding(row.check, row.verdict, 0, "")
                for row in group.itertuples()
                if (attack, row.check) not in faults
            ]
            for attack, group in rows.groupby("attack", sort=False)
        }
        if hides_gradients(by_attack):
            found.add(place)
    return found


def check_matrix(checks: pd.DataFrame, recipe: str | None, defence: str) -> dict[str, Any]:
    """The checks of every attack on one training and defence: a row for each attack.

    Returns
    -------
    dict
        ``checks``, the titles of the columns; ``rows`` with ``attack`` and ``cells``, each with
        ``verdict`` and ``evidence`` (both empty where the check was not made).
    """
    rows = checks[(checks.recipe == recipe) & (checks.defence == defence)]
    titles = [check for check in CHECK_ORDER if (rows.check == check).any()]
    return {
        "checks": titles,
        "rows": [
            {"attack": attack, "cells": [_cell(group, title) for title in titles]}
            for attack, group in rows.groupby("attack", sort=False)
        ],
    }


def _cell(rows: pd.DataFrame, check: str) -> dict[str, str]:
    found = rows[rows.check == check]
    if found.empty:
        return {"verdict": "", "evidence": ""}
    return {"verdict": found.verdict.iloc[0], "evidence": found.evidence.iloc[0]}


def failures(
    checks: pd.DataFrame, recipe: str | None, defence: str, hidden: set[tuple[str, str]]
) -> list[dict[str, Any]]:
    """For every other training and defence how many checks passed, and those that failed.

    Without that of the planted network, which stands behind no defence.
    """
    found = []
    checks = checks[checks.check != PLANTED]
    for place, rows in checks.groupby(["recipe", "defence"], sort=False):
        if place == (recipe, defence):
            continue
        failed = rows[rows.verdict == "fail"]
        found.append(
            {
                "recipe": place[0],
                "defence": place[1],
                "hides": place in hidden,
                "passed": int((rows.verdict == "pass").sum()),
                "made": int((rows.verdict != "not applicable").sum()),
                "failed": [
                    f"{row.attack}: {row.check} ({row.evidence})" for row in failed.itertuples()
                ],
            }
        )
    return found


def paper_attack_remark(
    checks: pd.DataFrame, recipe: str | None, attacks: Mapping[str, AttackDefinition]
) -> str:
    """What the checks say of the paper's PGD, from its verdicts; empty if it was not run."""
    texts = []
    for name in attacks_in_role(attacks, "pgd-paper"):
        rows = checks[
            (checks.recipe == recipe) & (checks.defence == "none") & (checks.attack == name)
        ]
        failed = list(rows.check[rows.verdict == "fail"])
        made = int((rows.verdict != "not applicable").sum())
        if failed:
            texts.append(
                f"{name}, the paper's PGD, fails {len(failed)} of {made} checks "
                f"({', '.join(failed)}): {PGD_STEPS} steps of {PGD_STEP:g} dB travel at most "
                f"{PGD_STEPS * PGD_STEP:g} dB, whatever eps allows."
            )
        elif made:
            texts.append(f"{name}, the paper's PGD, passes all {made} checks made.")
    return " ".join(texts)
