"""Evaluations over the seeds of a recipe: intervals over victims and recordings, and the spread."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mishear.core.errors import UserError
from mishear.core.statistics import over_victims_of, paired_difference
from mishear.core.tables.base import Described, Table, grouped
from mishear.core.tables.over_seeds import ROBUSTNESS_OVER_SEEDS, SUMMARY_OVER_SEEDS
from mishear.evaluation.results import Results, read_results
from mishear.evaluation.summary import summarise
from mishear.evaluation.worst_case import (
    Attacked,
    attacked,
    attacks_of,
    left,
    read_attacked,
)

ALIKE = ("corpus", "front_end", "network", "attack", "domain", "norm", "budget", "eps")
"""Keys that an evaluation has in common with that of the reference that it is compared with."""


def summarise_over_seeds(
    evaluations: Iterable[Described], reference: str | None
) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.over_seeds.SUMMARY_OVER_SEEDS`.

    Parameters
    ----------
    evaluations
        Results, with what the summary says of them.
    reference
        The training whose victims without a defence the others are compared with.

    Raises
    ------
    UserError
        If the victims of a recipe were tested on different recordings.
    """
    groups = _over_seeds(evaluations, SUMMARY_OVER_SEEDS)
    undefended = {
        _alike(keys): np.array([each.correct_adversarial for each in _read(keys, members)])
        for keys, members in groups
        if _is_reference(keys, reference)
    }
    for keys, members in groups:
        victims = _read(keys, members)
        correct = np.array([each.correct_adversarial for each in victims])
        compared = None if _is_reference(keys, reference) else undefended.get(_alike(keys))
        yield keys | summarise_victims(victims) | difference(correct, compared)


def summarise_victims(victims: Sequence[Results]) -> dict[str, Any]:
    """Compute the numbers of one evaluation over its victims.

    Parameters
    ----------
    victims
        The results of each, on the same recordings in the same order.

    Returns
    -------
    dict
        The columns of :data:`mishear.core.tables.over_seeds.SUMMARY_OVER_SEEDS` from ``n`` on,
        without the difference.
    """
    saved = np.array([[prediction != "" for prediction in _saved(each)] for each in victims])
    correct_saved = np.array(
        [np.array(_saved(each)) == np.array(each.column("label")) for each in victims]
    )
    tried = np.array([each.tried for each in victims])
    success = np.array([each.success for each in victims])
    of_each = [summarise(each) for each in victims]
    return {
        "n": len(victims[0]),
        "seeds": len(victims),
        **_proportion("clean_accuracy", "clean", [each.correct_clean for each in victims]),
        **_proportion("accuracy", "ci", [each.correct_adversarial for each in victims]),
        **proportion_over_seeds("saved_accuracy", "saved", correct_saved, saved),
        **proportion_over_seeds("attack_success_rate", "success", success, tried),
        "tried": float(tried.sum(1).mean()),
        "median_l2": _mean([each["median_l2"] for each in of_each]),
        "median_snr_db": _mean([each["median_snr_db"] for each in of_each]),
        "rejected": sum(each["rejected"] for each in of_each),
    }


def worst_cases_over_seeds(
    evaluations: Iterable[Described], reference: str | None
) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.over_seeds.ROBUSTNESS_OVER_SEEDS`.

    Parameters and exceptions are those of :func:`summarise_over_seeds`.
    """
    groups = _over_seeds(attacked(evaluations), ROBUSTNESS_OVER_SEEDS)
    undefended = {
        _alike(keys): _left(_read_victims(keys, members))["worst"]
        for keys, members in groups
        if _is_reference(keys, reference)
    }
    for keys, members in groups:
        victims = _read_victims(keys, members)
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


def _proportion(name: str, stem: str, correct: Sequence[np.ndarray]) -> dict[str, float | None]:
    hits = np.array(correct)
    return proportion_over_seeds(name, stem, hits, np.ones_like(hits))


def _saved(results: Results) -> list[str]:
    return results.column("saved_prediction")


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _over_seeds(
    evaluations: Iterable[Described], table: Table
) -> list[tuple[dict[str, Any], list[Described]]]:
    """Return the evaluations of each row of a table, in the order of their seeds."""
    keys = table.names[: table.names.index("n")]
    return [
        (values, sorted(members, key=lambda each: each.keys["seed"]))
        for values, members in grouped(evaluations, keys)
    ]


def _is_reference(keys: Mapping[str, Any], reference: str | None) -> bool:
    return keys["recipe"] == reference and keys["defence"] == "none" and not keys.get("source")


def _alike(keys: Mapping[str, Any]) -> tuple:
    return tuple(keys.get(key) for key in ALIKE)


def _read(keys: Mapping[str, Any], members: Sequence[Described]) -> list[Results]:
    """Read the results of each victim, in the order of the recordings' names."""
    return _aligned([read_results(each.file) for each in members], keys)


def _read_victims(keys: Mapping[str, Any], members: Sequence[Described]) -> list[list[Attacked]]:
    """Read the evaluations of each victim, in the order of the recordings' names."""
    read = [read_attacked(each) for each in members]
    results = _aligned([each.results for each in read], keys)
    victims: dict[int, list[Attacked]] = {}
    for member, each, aligned in zip(members, read, results, strict=True):
        victims.setdefault(member.keys["seed"], []).append(replace(each, results=aligned))
    return list(victims.values())


def _left(victims: Sequence[Sequence[Attacked]]) -> dict[str, np.ndarray]:
    """Return which recordings each victim classifies correctly, clean and in the worst case."""
    found = [left(evaluations) for evaluations in victims]
    return {kind: np.array([each[kind] for each in found]) for kind in found[0]}


def _aligned(evaluations: Sequence[Results], keys: Mapping[str, Any]) -> list[Results]:
    names = np.sort(evaluations[0].column("recording"))
    if any(set(each.column("recording")) != set(names) for each in evaluations):
        raise UserError(
            f"The victims of recipe {keys['recipe']} were not all tested on the same recordings of "
            f"{keys['corpus']}. Delete their evaluations and run again."
        )
    return [each.of(names) for each in evaluations]
