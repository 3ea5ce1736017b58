"""The worst case: what is still classified correctly under every attack of a study.

An attack at one eps is allowed every change that it is allowed at a smaller one. So the worst case
at an eps is over all attacks of the same norm, domain and budget up to that eps.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from mishear.core.statistics import proportion
from mishear.core.tables.base import grouped
from mishear.core.tables.shared import VICTIM_KEYS
from mishear.evaluation.evaluated import Evaluated, same_recordings

LIMIT = (*VICTIM_KEYS, "defence", "gradient", "domain", "norm", "budget", "eps")


def worst_case(evaluations: Sequence[Evaluated]) -> dict[str, Any]:
    """Count a recording as misclassified if it is so when clean or after any attack.

    Parameters
    ----------
    evaluations
        Of one victim behind one defence up to one eps, on the same recordings.

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


def left(evaluations: Sequence[Evaluated]) -> dict[str, np.ndarray]:
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

    Raises
    ------
    ValueError
        If the evaluations are of different recordings.
    """
    if not same_recordings(evaluations):
        raise ValueError("evaluations of different recordings cannot be compared")
    of_kind = {
        kind: [each for each in evaluations if each.keys["evaluation"] == kind]
        for kind in ("transfer", "adaptive")
    }
    return {
        "clean": evaluations[0].correct_clean,
        **{kind: _left(group) for kind, group in of_kind.items()},
        "worst": _left(evaluations),
    }


def attacks_of(victims: Sequence[Sequence[Evaluated]]) -> dict[str, str]:
    """Name the attacks on some victims, and the one that by itself leaves the fewest correct."""
    correct: dict[str, int] = {}
    for evaluations in victims:
        groups: dict[str, list[Evaluated]] = {}
        for each in evaluations:
            suffix = " (transfer)" if each.keys["evaluation"] == "transfer" else ""
            groups.setdefault(f"{each.keys['attack']}{suffix}", []).append(each)
        for name, group in groups.items():
            correct[name] = correct.get(name, 0) + int(_left(group).sum())
    attacks = dict.fromkeys(each.keys["attack"] for each in victims[0])
    return {"strongest": min(correct, key=correct.__getitem__), "attacks": " ".join(attacks)}


def _left(group: Sequence[Evaluated]) -> np.ndarray:
    """Return which recordings are classified correctly before and after every attack."""
    if not group:
        return np.empty(0, dtype=bool)
    return np.all([each.correct_adversarial for each in group], axis=0)


def worst_cases(evaluations: Iterable[Evaluated]) -> Iterator[dict[str, Any]]:
    """Yield the worst case of every victim, defence, norm and eps of a study.

    Parameters
    ----------
    evaluations
        All evaluations of the study.

    Yields
    ------
    dict
        Rows of :data:`mishear.core.tables.evaluation.ROBUSTNESS`.
    """
    for keys, members in up_to_each_eps(evaluations, LIMIT):
        yield keys | worst_case(members)


def up_to_each_eps(
    evaluations: Iterable[Evaluated], columns: Sequence[str]
) -> Iterator[tuple[dict[str, Any], list[Evaluated]]]:
    """Yield each limit with the attacks that keep it.

    Noise in the test recordings is left out: it does not depend on the victim, and is no attack.

    Parameters
    ----------
    evaluations
        All evaluations of the study.
    columns
        What tells a limit from the others, ``eps`` among it.

    Yields
    ------
    keys : dict
        The values of the columns.
    members : list of Evaluated
        The attacks at that eps, and those at every eps that allows less.
    """
    attacks = [each for each in evaluations if each.is_attack]
    for alike, group in grouped(attacks, [column for column in columns if column != "eps"]):
        for eps in dict.fromkeys(each.keys["eps"] for each in group):
            keys = alike | {"eps": eps}
            yield keys, [each for each in group if _allows(keys, each.keys["eps"])]


def _allows(limit: Mapping[str, Any], eps: float) -> bool:
    """Return whether a limit allows all that another eps allows: a lower SNR is a larger change."""
    return eps >= limit["eps"] if limit["budget"] == "snr" else eps <= limit["eps"]
