"""Accuracy by speaker: clean, and in the worst case over the attacks of a study."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from mishear.evaluation.evaluated import Evaluated
from mishear.evaluation.over_seeds import left_by, proportion_over_seeds, worst_case_groups
from mishear.evaluation.speakers import SpeakersOfTest

KINDS = ("clean", "worst")


def accuracies_by_speaker(
    evaluations: Iterable[Evaluated], speakers: Mapping[str, SpeakersOfTest]
) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.over_seeds.BY_SPEAKER`.

    Parameters
    ----------
    evaluations
        All evaluations of the study.
    speakers
        Of each corpus; one with fewer than two has no rows.
    """
    for keys, victims in worst_case_groups(evaluations):
        tested = speakers[keys["corpus"]]
        if len(tested.names) < 2:
            continue
        correct, spoken_by = left_by(victims), tested.of(victims[0][0].names)
        for name in tested.names:
            yield keys | {"speaker": name} | of_speaker(correct, spoken_by == name)


def of_speaker(correct: Mapping[str, np.ndarray], rows: np.ndarray) -> dict[str, Any]:
    """Compute the accuracies on the recordings of one speaker.

    Parameters
    ----------
    correct
        See :func:`mishear.evaluation.over_seeds.left_by`.
    rows
        Which recordings are the speaker's, of bool, shape (recordings,).

    Returns
    -------
    dict
        The columns of :data:`mishear.core.tables.over_seeds.BY_SPEAKER` from ``n`` on. The
        intervals are about recordings of this speaker.
    """
    numbers: dict[str, Any] = {"n": int(rows.sum()), "seeds": len(correct["clean"])}
    for kind in KINDS:
        found = correct[kind][:, rows]
        numbers |= proportion_over_seeds(f"{kind}_accuracy", kind, found, np.ones_like(found))
    return numbers
