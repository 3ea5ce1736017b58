"""The numbers of one evaluation, and what the summary says of it besides them."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from mishear.attacks.building import build_attack
from mishear.attacks.norms import norm_of
from mishear.core.statistics import proportion
from mishear.core.tables.shared import ENVIRONMENT_KEYS
from mishear.defences.chains import gradient_of_chain
from mishear.evaluation.results import Results

SEVERAL = " / "
"""Joins values of which a result has several."""
POISON_NORMS = {"waveform": "linf"}
"""For each domain of a poison the norm of its amplitude."""


def evaluation_keys(
    keys: Iterable[Mapping[str, Any]],
    attacks: Mapping[str, Mapping[str, Any]],
    defences: Mapping[str, Sequence[Mapping[str, Any]]],
) -> list[dict[str, Any]]:
    """Add to the keys of evaluations the norm of eps and how the gradient is computed.

    Parameters
    ----------
    keys
        What the study says of each evaluation; the ``gradient`` where the defence does not decide.
    attacks
        Definitions of the attacks, by name.
    defences
        Chains of definitions of the defences, by name.
    """
    norms: dict[str | None, str | None] = {None: None}  # a corruption has no attack
    norms |= {name: norm_of(build_attack(definition)) for name, definition in attacks.items()}
    gradients = {name: gradient_of_chain(chain) for name, chain in defences.items()}
    return [
        {
            "gradient": gradients[each["defence"]],
            **each,
            "norm": norms.get(each["attack"], POISON_NORMS.get(each["domain"])),
        }
        for each in keys
    ]


def summarise(results: Results) -> dict[str, Any]:
    """Compute the numbers of one evaluation.

    Parameters
    ----------
    results
        Its results.

    Returns
    -------
    dict
        The columns of :data:`mishear.core.tables.evaluation.SUMMARY` from ``n`` on. Norms are
        means over all recordings; what there is nothing to measure of is None.
    """
    n = len(results)
    attacked = int(results.tried.sum())
    succeeded = int(results.success.sum())
    l2 = results.column("l2")
    l2_of_successes = [l2[row] for row in np.flatnonzero(results.success)]
    return {
        "n": n,
        "clean_accuracy": int(results.correct_clean.sum()) / n,
        **proportion("accuracy", "ci", int(results.correct_adversarial.sum()), n),
        **proportion(
            "saved_accuracy",
            "saved",
            int(results.correct_saved.sum()),
            int(results.was_saved.sum()),
        ),
        **proportion("attack_success_rate", "success", succeeded, attacked),
        "tried": attacked,
        "mean_linf": math.fsum(results.column("linf")) / n,
        "mean_l2": math.fsum(l2) / n,
        "median_l2": _median(l2_of_successes),
        "median_snr_db": _median(results.column("snr_db")),
        "median_si_sdr_db": _median(results.column("si_sdr_db")),
        "rejected": sum(bool(reason) for reason in results.column("rejected")),
        "mean_queries": _mean(row["queries"] for row in results.rows if row["success"] is not None),
        "seconds": math.fsum(results.column("seconds")),
        **recorded(results.rows),
    }


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known else None


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def recorded(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return what the rows of one result were computed with, several values joined.

    Parameters
    ----------
    rows
        With the columns of :data:`mishear.core.tables.shared.ENVIRONMENT`.
    """
    found: dict[str, set[str]] = {name: set() for name in ENVIRONMENT_KEYS}
    for row in rows:
        for name, values in found.items():
            values.add(str(row[name]))
    return {name: SEVERAL.join(sorted(values - {""})) for name, values in found.items()}
