"""The worst case: what is still classified correctly under every attack of a study."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mishear.core.statistics import proportion
from mishear.core.tables.base import Described, grouped
from mishear.core.tables.shared import VICTIM_KEYS
from mishear.evaluation.results import Results, read_results

LIMIT = (*VICTIM_KEYS, "defence", "gradient", "domain", "norm", "budget", "eps")


@dataclass(frozen=True)
class Attacked:
    """The results of one evaluation under an attack.

    Attributes
    ----------
    attack : str
    kind : str
        ``transfer`` or ``adaptive``.
    results : Results
    """

    attack: str
    kind: str
    results: Results


def worst_case(evaluations: Sequence[Attacked]) -> dict[str, Any]:
    """Count a recording as misclassified if it is so when clean or after any attack.

    Parameters
    ----------
    evaluations
        Of one victim behind one defence at one eps, on the same recordings in the same order.

    Returns
    -------
    dict
        The columns of :data:`mishear.core.tables.evaluation.ROBUSTNESS` from ``n`` on; None where
        there are no attacks of a kind.
    """
    found = left(evaluations)
    numbers: dict[str, Any] = {"n": len(found["clean"])}
    for kind, correct in found.items():
        numbers |= proportion(f"{kind}_accuracy", kind, int(correct.sum()), len(correct))
    return numbers | attacks_of([evaluations])


def left(evaluations: Sequence[Attacked]) -> dict[str, np.ndarray]:
    """Return which recordings are classified correctly, clean and in the worst case.

    Parameters
    ----------
    evaluations
        As for :func:`worst_case`.

    Returns
    -------
    dict
        By ``clean``, ``transfer``, ``adaptive`` and ``worst``; of no length where there are no
        attacks of a kind.
    """
    of_kind = {
        kind: [each.results for each in evaluations if each.kind == kind]
        for kind in ("transfer", "adaptive")
    }
    return {
        "clean": evaluations[0].results.correct_clean,
        **{kind: _left(group) for kind, group in of_kind.items()},
        "worst": _left([each.results for each in evaluations]),
    }


def attacks_of(victims: Sequence[Sequence[Attacked]]) -> dict[str, str]:
    """Name the attacks on some victims, and the one that by itself leaves the fewest correct."""
    correct: dict[str, int] = {}
    for evaluations in victims:
        of_victim: dict[str, int] = {}
        for each in evaluations:
            name = f"{each.attack}{' (transfer)' if each.kind == 'transfer' else ''}"
            count = int(each.results.correct_adversarial.sum())
            of_victim[name] = min(of_victim.get(name, count), count)
        correct = {name: correct.get(name, 0) + count for name, count in of_victim.items()}
    attacks = dict.fromkeys(each.attack for each in victims[0])
    return {"strongest": min(correct, key=correct.__getitem__), "attacks": " ".join(attacks)}


def _left(group: Sequence[Results]) -> np.ndarray:
    """Return which recordings are classified correctly before and after every attack."""
    if not group:
        return np.empty(0, dtype=bool)
    names = group[0].column("recording")
    for each in group:
        if each.column("recording") != names:
            raise ValueError("evaluations of different recordings cannot be compared")
    return np.all([each.correct_clean & each.correct_adversarial for each in group], axis=0)


def worst_cases(evaluations: Iterable[Described]) -> Iterator[dict[str, Any]]:
    """Yield the worst case of every victim, defence, norm and eps of a study.

    Parameters
    ----------
    evaluations
        Results, with what the summary says of them.

    Yields
    ------
    dict
        Rows of :data:`mishear.core.tables.evaluation.ROBUSTNESS`.
    """
    for keys, members in grouped(attacked(evaluations), LIMIT):
        yield keys | worst_case([read_attacked(each) for each in members])


def attacked(evaluations: Iterable[Described]) -> list[Described]:
    """Leave out noise in the test recordings: it knows nothing of the victim, and is no attack."""
    return [each for each in evaluations if each.keys["evaluation"]]


def read_attacked(evaluation: Described) -> Attacked:
    """Read the results of an evaluation under an attack."""
    keys = evaluation.keys
    return Attacked(keys["attack"], keys["evaluation"], read_results(evaluation.file))
