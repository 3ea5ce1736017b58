"""Evaluations over the seeds of a recipe: intervals over victims and recordings, and the spread."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from mishear.core.statistics import over_victims_of
from mishear.core.tables.base import Table, grouped
from mishear.core.tables.over_seeds import ROBUSTNESS_OVER_SEEDS, SUMMARY_OVER_SEEDS
from mishear.core.tables.shared import CORRUPTION_KEYS, SETTING_KEYS
from mishear.evaluation.differences import difference, gains
from mishear.evaluation.evaluated import (
    Evaluated,
    different_recordings,
    pooled,
    same_recordings,
    stacked,
)
from mishear.evaluation.speakers import SpeakersOfTest
from mishear.evaluation.worst_case import attacks_of, left, up_to_each_eps

ALIKE = (
    *("corpus", "front_end", "network", "attack", "domain", "norm", "budget", "eps"),
    *CORRUPTION_KEYS,
)
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
    evaluations: Iterable[Evaluated],
    speakers: Mapping[str, SpeakersOfTest],
    references: Mapping[str, str],
    counterparts: Mapping[str, str],
) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.over_seeds.SUMMARY_OVER_SEEDS`.

    The results of a seed's folds are pooled: together they test every recording once.

    Parameters
    ----------
    evaluations
        All evaluations of the study.
    speakers
        Of each corpus.
    references
        For each network the training whose victims without a defence its others are compared with.
    counterparts
        For some trainings another one that theirs is compared with as well, see
        :func:`mishear.study.trainings.counterparts`.

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
        _alike(keys): stacked(victims, "correct_adversarial")
        for keys, victims in groups
        if _is_reference(keys, references)
    }
    clean = {
        _setting(keys): stacked(victims, "correct_clean")
        for keys, victims in groups
        if _is_reference(keys, references) and victims[0].is_attack
    }
    by_place = {_place(keys, keys["recipe"]): victims for keys, victims in groups}
    for keys, victims in groups:
        correct = stacked(victims, "correct_adversarial")
        is_attack = victims[0].is_attack
        compared = None if _is_reference(keys, references) else undefended.get(_alike(keys))
        clusters = speakers[keys["corpus"]].clusters(victims[0].names)
        unattacked = clean.get(_setting(keys)) if is_attack else None
        counterpart = counterparts.get(keys["recipe"])
        of_counterpart = by_place.get(_place(keys, counterpart))
        yield (
            keys
            | summarise_victims(victims, clusters)
            | difference(correct, compared, clusters)
            | difference(correct, unattacked, clusters, "loss")
            | difference(correct, stacked(victims, "correct_clean"), clusters, "change")
            | {"counterpart": counterpart if of_counterpart else None}
            | gains(victims, of_counterpart, clusters)
        )


def summarise_victims(
    victims: Sequence[Evaluated], speakers: np.ndarray | None = None
) -> dict[str, Any]:
    """Compute the numbers of one evaluation over its victims.

    Parameters
    ----------
    victims
        The evaluation of each, on the same recordings.
    speakers
        Who speaks in each recording, where intervals are about others as well.

    Returns
    -------
    dict
        The columns of :data:`mishear.core.tables.over_seeds.SUMMARY_OVER_SEEDS` from ``n`` on,
        without the difference.
    """
    numbers: dict[str, Any] = {"n": len(victims[0].names), "seeds": len(victims)}
    for name, stem, hits, trials in PROPORTIONS:
        found = stacked(victims, hits)
        among = stacked(victims, trials) if trials else np.ones_like(found)
        numbers |= proportion_over_seeds(name, stem, found, among, speakers)
    of_each = [each.numbers for each in victims]
    return numbers | {
        "tried": float(np.mean([each["tried"] for each in of_each])),
        "median_l2": mean_of_known([each["median_l2"] for each in of_each]),
        "median_snr_db": mean_of_known([each["median_snr_db"] for each in of_each]),
        "median_si_sdr_db": mean_of_known([each["median_si_sdr_db"] for each in of_each]),
        "rejected": sum(each["rejected"] for each in of_each),
    }


def worst_cases_over_seeds(
    evaluations: Iterable[Evaluated],
    speakers: Mapping[str, SpeakersOfTest],
    references: Mapping[str, str],
    counterparts: Mapping[str, str],
) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.over_seeds.ROBUSTNESS_OVER_SEEDS`.

    Parameters and exceptions are those of :func:`summarise_over_seeds`.
    """
    groups = list(worst_case_groups(evaluations))
    worst = {_place(keys, keys["recipe"]): left_by(victims)["worst"] for keys, victims in groups}
    undefended = {
        _alike(keys): worst[_place(keys, keys["recipe"])]
        for keys, _ in groups
        if _is_reference(keys, references)
    }
    for keys, victims in groups:
        compared = None if _is_reference(keys, references) else undefended.get(_alike(keys))
        clusters = speakers[keys["corpus"]].clusters(victims[0][0].names)
        found = left_by(victims)
        counterpart = counterparts.get(keys["recipe"])
        of_counterpart = worst.get(_place(keys, counterpart))
        yield (
            keys
            | worst_case_of_victims(found, clusters)
            | attacks_of(victims)
            | difference(found["worst"], compared, clusters)
            | {"counterpart": counterpart if of_counterpart is not None else None}
            | difference(found["worst"], of_counterpart, clusters, "gain")
        )


def worst_case_groups(
    evaluations: Iterable[Evaluated],
) -> Iterator[tuple[dict[str, Any], list[list[Evaluated]]]]:
    """Yield each limit of the worst case over the seeds with the attacks on each seed's victims."""
    for keys, members in up_to_each_eps(evaluations, _keys(ROBUSTNESS_OVER_SEEDS)):
        yield keys, _by_victim(_over_seeds(keys, members))


def worst_case_of_victims(
    correct: Mapping[str, np.ndarray], speakers: np.ndarray | None = None
) -> dict[str, Any]:
    """Compute the worst case over the victims of a recipe.

    Parameters
    ----------
    correct
        By ``clean``, ``transfer``, ``adaptive`` and ``worst`` which recordings are classified
        correctly, of bool, shape (victims, recordings); without recordings where there are no
        attacks of a kind.
    speakers
        As for :func:`summarise_victims`.

    Returns
    -------
    dict
        The columns of :data:`mishear.core.tables.over_seeds.ROBUSTNESS_OVER_SEEDS` from ``n`` to
        the accuracies.
    """
    victims, recordings = correct["clean"].shape
    numbers: dict[str, Any] = {"n": recordings, "seeds": victims}
    for kind, found in correct.items():
        everything = np.ones_like(found)
        numbers |= proportion_over_seeds(f"{kind}_accuracy", kind, found, everything, speakers)
    return numbers


def proportion_over_seeds(
    name: str,
    stem: str,
    hits: np.ndarray,
    trials: np.ndarray,
    speakers: np.ndarray | None = None,
) -> dict[str, float | None]:
    """Give a proportion over victims, its 95 % interval and its spread as columns of a table.

    Parameters
    ----------
    name, stem
        Name of the proportion's column, and what the names of its limits begin with.
    hits, trials
        Of bool, shape (victims, recordings): successes, and where one was possible. Without trials
        the columns are None.
    speakers
        As for :func:`summarise_victims`.
    """
    columns = (name, f"{stem}_low", f"{stem}_high")
    spread = (f"{name}_sd", f"{name}_lowest", f"{name}_highest")
    if not trials.any():
        return dict.fromkeys((*columns, *spread))
    tried = trials.any(1)
    shares = (hits & trials).sum(1)[tried] / trials.sum(1)[tried]
    sd = float(shares.std(ddof=1)) if len(shares) > 1 else None
    over_seeds = (sd, float(shares.min()), float(shares.max()))
    values = (*over_victims_of(hits, trials, speakers), *over_seeds)
    return dict(zip((*columns, *spread), values, strict=True))


def mean_of_known(values: Sequence[float | None]) -> float | None:
    """Return the mean of the values that are known; None if none is."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _keys(table: Table) -> tuple[str, ...]:
    of_corruption = [name for name in CORRUPTION_KEYS if name in table.names]
    return (*table.before("n"), *of_corruption)


def _over_seeds(keys: Mapping[str, Any], members: Iterable[Evaluated]) -> list[Evaluated]:
    """Return the evaluations of a row in the order of their seeds, all of the same recordings."""
    victims = sorted(pooled(members), key=lambda each: each.keys["seed"])
    if not same_recordings(victims):
        raise different_recordings(keys)
    return victims


def _by_victim(evaluations: Iterable[Evaluated]) -> list[list[Evaluated]]:
    return [members for _, members in grouped(evaluations, ["seed"])]


def _is_reference(keys: Mapping[str, Any], references: Mapping[str, str]) -> bool:
    is_of_reference = keys["recipe"] == references.get(keys["network"])
    return is_of_reference and keys["defence"] == "none" and not keys.get("source")


def _setting(keys: Mapping[str, Any]) -> tuple:
    return tuple(keys[key] for key in SETTING_KEYS)


def _alike(keys: Mapping[str, Any]) -> tuple:
    return tuple(keys.get(key) for key in ALIKE)


def _place(keys: Mapping[str, Any], recipe: str | None) -> tuple:
    """Return what an evaluation of a recipe has in common with the same one of another recipe."""
    return (recipe, keys["defence"], keys.get("source"), *_alike(keys))


def left_by(victims: Sequence[Sequence[Evaluated]]) -> dict[str, np.ndarray]:
    """Return which recordings each seed's victims classify correctly.

    Parameters
    ----------
    victims
        The attacks on each seed's victims, see :func:`worst_case_groups`.

    Returns
    -------
    dict
        By the kinds of :func:`mishear.evaluation.worst_case.left`, of bool, shape
        (seeds, recordings).
    """
    found = [left(evaluations) for evaluations in victims]
    return {kind: np.array([each[kind] for each in found]) for kind in found[0]}
