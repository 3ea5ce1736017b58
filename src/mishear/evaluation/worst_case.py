"""The worst case: what is still classified correctly under every attack of a study."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mishear.core.statistics import proportion
from mishear.core.tables.base import Described
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
    found = {
        "transfer": [each.results for each in evaluations if each.kind == "transfer"],
        "adaptive": [each.results for each in evaluations if each.kind == "adaptive"],
        "worst": [each.results for each in evaluations],
    }
    clean = evaluations[0].results.correct_clean
    numbers: dict[str, Any] = {"n": len(clean), **_accuracy("clean", clean)}
    for kind, group in found.items():
        numbers |= _accuracy(kind, _left(group))
    strongest = min(evaluations, key=lambda each: each.results.correct_adversarial.sum())
    kind = " (transfer)" if strongest.kind == "transfer" else ""
    numbers["strongest"] = f"{strongest.attack}{kind}"
    numbers["attacks"] = " ".join(dict.fromkeys(each.attack for each in evaluations))
    return numbers


def _left(group: Sequence[Results]) -> np.ndarray:
    """Return which recordings are classified correctly before and after every attack."""
    if not group:
        return np.empty(0, dtype=bool)
    names = group[0].column("recording")
    for each in group:
        if each.column("recording") != names:
            raise ValueError("evaluations of different recordings cannot be compared")
    return np.all([each.correct_clean & each.correct_adversarial for each in group], axis=0)


def _accuracy(kind: str, correct: np.ndarray) -> dict[str, float | None]:
    return proportion(f"{kind}_accuracy", kind, int(correct.sum()), len(correct))


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
    groups: dict[tuple, list[Described]] = {}
    for evaluation in evaluations:
        # Noise in the test recordings knows nothing of the victim: it is no attack.
        if evaluation.keys["evaluation"]:
            group = tuple(evaluation.keys[column] for column in LIMIT)
            groups.setdefault(group, []).append(evaluation)
    for group, members in groups.items():
        attacked = [
            Attacked(each.keys["attack"], each.keys["evaluation"], read_results(each.file))
            for each in members
        ]
        yield dict(zip(LIMIT, group, strict=True)) | worst_case(attacked)
