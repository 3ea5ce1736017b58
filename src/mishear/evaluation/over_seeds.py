"""Evaluations over the seeds of a recipe: intervals over victims and recordings, and the spread."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from mishear.core.errors import UserError
from mishear.core.statistics import over_victims_of
from mishear.core.tables.base import Described, grouped
from mishear.core.tables.over_seeds import ROBUSTNESS_OVER_SEEDS, SUMMARY_OVER_SEEDS
from mishear.core.tables.shared import VICTIM_KEYS
from mishear.evaluation.results import Results, read_results
from mishear.evaluation.summary import summarise
from mishear.evaluation.worst_case import (
    Attacked,
    attacked,
    attacks_of,
    left,
    read_attacked,
)


def summarise_over_seeds(evaluations: Iterable[Described]) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.over_seeds.SUMMARY_OVER_SEEDS`.

    Parameters
    ----------
    evaluations
        Results, with what the summary says of them.

    Raises
    ------
    UserError
        If the victims of a recipe were tested on different recordings.
    """
    names = SUMMARY_OVER_SEEDS.names
    for keys, members in grouped(evaluations, names[: names.index("n")]):
        victims = _aligned([read_results(each.file) for each in members], keys)
        yield keys | summarise_victims(victims)


def summarise_victims(victims: Sequence[Results]) -> dict[str, Any]:
    """Compute the numbers of one evaluation over its victims.

    Parameters
    ----------
    victims
        The results of each, on the same recordings in the same order.

    Returns
    -------
    dict
        The columns of :data:`mishear.core.tables.over_seeds.SUMMARY_OVER_SEEDS` from ``n`` on.
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


def worst_cases_over_seeds(evaluations: Iterable[Described]) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.over_seeds.ROBUSTNESS_OVER_SEEDS`.

    Parameters and exceptions are those of :func:`summarise_over_seeds`.
    """
    names = ROBUSTNESS_OVER_SEEDS.names
    for keys, members in grouped(attacked(evaluations), names[: names.index("n")]):
        victims = [
            [read_attacked(each) for each in of_victim]
            for _, of_victim in grouped(members, VICTIM_KEYS)
        ]
        yield keys | worst_case_of_victims(victims, keys)


def worst_case_of_victims(
    victims: Sequence[Sequence[Attacked]], keys: dict[str, Any]
) -> dict[str, Any]:
    """Compute the worst case over the victims of a recipe.

    Parameters
    ----------
    victims
        The evaluations of each.
    keys
        What they have in common, for the message.

    Returns
    -------
    dict
        The columns of :data:`mishear.core.tables.over_seeds.ROBUSTNESS_OVER_SEEDS` from ``n`` on.
    """
    _check_recordings([each.results for victim in victims for each in victim], keys)
    names = np.array(victims[0][0].results.column("recording"))
    found = [
        left([Attacked(each.attack, each.kind, each.results.of(names)) for each in victim])
        for victim in victims
    ]
    numbers: dict[str, Any] = {"n": len(names), "seeds": len(victims)}
    for kind in found[0]:
        numbers |= _proportion(f"{kind}_accuracy", kind, [each[kind] for each in found])
    return numbers | attacks_of(victims)


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


def _aligned(victims: Sequence[Results], keys: dict[str, Any]) -> list[Results]:
    """Return the results of each victim in the order of the first's recordings."""
    _check_recordings(victims, keys)
    names = np.array(victims[0].column("recording"))
    return [each.of(names) for each in victims]


def _check_recordings(evaluations: Sequence[Results], keys: dict[str, Any]) -> None:
    expected = set(evaluations[0].column("recording"))
    if any(set(each.column("recording")) != expected for each in evaluations):
        raise UserError(
            f"The victims of recipe {keys['recipe']} were not all tested on the same recordings of "
            f"{keys['corpus']}. Delete their evaluations and run again."
        )
