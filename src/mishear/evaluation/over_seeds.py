"""Evaluations over the seeds of a recipe: intervals over victims and recordings, and the spread."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from mishear.core.errors import UserError
from mishear.core.statistics import over_victims_of, paired_difference
from mishear.core.tables.base import Table, grouped
from mishear.core.tables.over_seeds import ROBUSTNESS_OVER_SEEDS, SUMMARY_OVER_SEEDS
from mishear.evaluation.evaluated import Evaluated, same_recordings
from mishear.evaluation.worst_case import attacks_of, left, up_to_each_eps

ALIKE = ("corpus", "front_end", "network", "attack", "domain", "norm", "budget", "eps")
"""Keys that an evaluation has in common with that of the reference that it is compared with."""

PROPORTIONS = (
    ("clean_accuracy", "clean", "correct_clean", None),
    ("accuracy", "ci", "correct_adversarial", None),
    ("saved_accuracy", "saved", "correct_saved", "was_saved"),
    ("attack_success_rate", "success", "success", "tried"),
)
"""Each proportion: its column, the stem of its limits, and what of an evaluation are hits and
trials (None: all recordings)."""


def summarise_over_seeds(
    evaluations: Iterable[Evaluated], reference: str | None
) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.over_seeds.SUMMARY_OVER_SEEDS`.

    Parameters
    ----------
    evaluations
        All evaluations of the study.
    reference
        The training whose victims without a defence the others are compared with.

    Raises
    ------
    UserError
        If the victims of a recipe were tested on different recordings.
    """
    groups = [
        (keys, _over_seeds(keys, members))
        for keys, members in grouped(evaluations, _keys(SUMMARY_OVER_SEEDS))
    ]
    undefended = {
        _alike(keys): _stacked(victims, "correct_adversarial")
        for keys, victims in groups
        if _is_reference(keys, reference)
    }
    for keys, victims in groups:
        correct = _stacked(victims, "correct_adversarial")
        compared = None if _is_reference(keys, reference) else undefended.get(_alike(keys))
        yield keys | summarise_victims(victims) | difference(correct, compared)


def summarise_victims(victims: Sequence[Evaluated]) -> dict[str, Any]:
    """Compute the numbers of one evaluation over its victims.

    Parameters
    ----------
    victims
        The evaluation of each, on the same recordings.

    Returns
    -------
    dict
        The columns of :data:`mishear.core.tables.over_seeds.SUMMARY_OVER_SEEDS` from ``n`` on,
        without the difference.
    """
    numbers: dict[str, Any] = {"n": len(victims[0].names), "seeds": len(victims)}
    for name, stem, hits, trials in PROPORTIONS:
        found = _stacked(victims, hits)
        among = _stacked(victims, trials) if trials else np.ones_like(found)
        numbers |= proportion_over_seeds(name, stem, found, among)
    of_each = [each.numbers for each in victims]
    return numbers | {
        "tried": float(np.mean([each["tried"] for each in of_each])),
        "median_l2": _mean([each["median_l2"] for each in of_each]),
        "median_snr_db": _mean([each["median_snr_db"] for each in of_each]),
        "rejected": sum(each["rejected"] for each in of_each),
    }


def worst_cases_over_seeds(
    evaluations: Iterable[Evaluated], reference: str | None
) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.over_seeds.ROBUSTNESS_OVER_SEEDS`.

    Parameters and exceptions are those of :func:`summarise_over_seeds`.
    """
    groups = [
        (keys, _by_victim(_over_seeds(keys, members)))
        for keys, members in up_to_each_eps(evaluations, _keys(ROBUSTNESS_OVER_SEEDS))
    ]
    undefended = {
        _alike(keys): _left(victims)["worst"]
        for keys, victims in groups
        if _is_reference(keys, reference)
    }
    for keys, victims in groups:
        compared = None if _is_reference(keys, reference) else undefended.get(_alike(keys))
        found = _left(victims)
        numbers = worst_case_of_victims(found) | attacks_of(victims)
        yield keys | numbers | difference(found["worst"], compared)


def worst_case_of_victims(correct: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Compute the worst case over the victims of a recipe.

    Parameters
    ----------
    correct
        By ``clean``, ``transfer``, ``adaptive`` and ``worst`` which recordings are classified
        correctly, of bool, shape (victims, recordings); without recordings where there are no
        attacks of a kind.

    Returns
    -------
    dict
        The columns of :data:`mishear.core.tables.over_seeds.ROBUSTNESS_OVER_SEEDS` from ``n`` to
        the accuracies.
    """
    victims, recordings = correct["clean"].shape
    numbers: dict[str, Any] = {"n": recordings, "seeds": victims}
    for kind, found in correct.items():
        numbers |= proportion_over_seeds(f"{kind}_accuracy", kind, found, np.ones_like(found))
    return numbers


def difference(correct: np.ndarray, reference: np.ndarray | None) -> dict[str, float | None]:
    """Give the difference to the reference as columns of a table.

    Parameters
    ----------
    correct, reference
        Which recordings are classified correctly, of bool, shape (victims, recordings); with None
        the columns are None.
    """
    columns = ("difference", "difference_low", "difference_high")
    if reference is None:
        return dict.fromkeys(columns)
    return dict(zip(columns, paired_difference(correct, reference), strict=True))


def proportion_over_seeds(
    name: str, stem: str, hits: np.ndarray, trials: np.ndarray
) -> dict[str, float | None]:
    """Give a proportion over victims, its 95 % interval and its spread as columns of a table.

    Parameters
    ----------
    name, stem
        Name of the proportion's column, and what the names of its limits begin with.
    hits, trials
        Of bool, shape (victims, recordings): successes, and where one was possible. Without trials
        the columns are None.
    """
    columns = (name, f"{stem}_low", f"{stem}_high")
    spread = (f"{name}_sd", f"{name}_lowest", f"{name}_highest")
    if not trials.any():
        return dict.fromkeys((*columns, *spread))
    tried = trials.any(1)
    shares = (hits & trials).sum(1)[tried] / trials.sum(1)[tried]
    sd = float(shares.std(ddof=1)) if len(shares) > 1 else None
    values = (*over_victims_of(hits, trials), sd, float(shares.min()), float(shares.max()))
    return dict(zip((*columns, *spread), values, strict=True))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _keys(table: Table) -> tuple[str, ...]:
    return table.names[: table.names.index("n")]


def _over_seeds(keys: Mapping[str, Any], members: Iterable[Evaluated]) -> list[Evaluated]:
    """Return the evaluations of a row in the order of their seeds, all of the same recordings."""
    victims = sorted(members, key=lambda each: each.keys["seed"])
    if not same_recordings(victims):
        raise UserError(
            f"The victims of recipe {keys['recipe']} were not all tested on the same recordings of "
            f"{keys['corpus']}. Delete their evaluations and run again."
        )
    return victims


def _stacked(victims: Iterable[Evaluated], name: str) -> np.ndarray:
    """Return one of the arrays of each victim, shape (victims, recordings)."""
    return np.array([getattr(each, name) for each in victims])


def _by_victim(evaluations: Iterable[Evaluated]) -> list[list[Evaluated]]:
    return [members for _, members in grouped(evaluations, ["seed"])]


def _is_reference(keys: Mapping[str, Any], reference: str | None) -> bool:
    return keys["recipe"] == reference and keys["defence"] == "none" and not keys.get("source")


def _alike(keys: Mapping[str, Any]) -> tuple:
    return tuple(keys.get(key) for key in ALIKE)


def _left(victims: Sequence[Sequence[Evaluated]]) -> dict[str, np.ndarray]:
    """Return which recordings each victim classifies correctly, clean and in the worst case."""
    found = [left(evaluations) for evaluations in victims]
    return {kind: np.array([each[kind] for each in found]) for kind in found[0]}
