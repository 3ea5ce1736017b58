"""Evaluations as the tables of a study need them: each file of results is read once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mishear.core.tables.base import Described
from mishear.evaluation.results import Results, read_results
from mishear.evaluation.summary import summarise


@dataclass(frozen=True)
class Evaluated:
    """One evaluation: its numbers, and an entry for each recording, in the order of their names.

    Attributes
    ----------
    keys : mapping
        What the summary says of it besides its numbers.
    numbers : mapping
        The columns of :data:`mishear.core.tables.evaluation.SUMMARY` from ``n`` on.
    names : numpy.ndarray of shape (recordings,), of str
    correct_clean, correct_adversarial, was_saved, correct_saved, tried, success : numpy.ndarray
        Of bool, see :class:`mishear.evaluation.results.Results`.
    l2 : numpy.ndarray of shape (recordings,)
        L2 norm of the change.
    """

    keys: Mapping[str, Any]
    numbers: Mapping[str, Any]
    names: np.ndarray
    correct_clean: np.ndarray
    correct_adversarial: np.ndarray
    was_saved: np.ndarray
    correct_saved: np.ndarray
    tried: np.ndarray
    success: np.ndarray
    l2: np.ndarray

    @classmethod
    def of(cls, keys: Mapping[str, Any], results: Results) -> "Evaluated":
        """Take from results what tables need."""
        names = np.array(results.column("recording"))
        order = np.argsort(names)
        return cls(
            keys=keys,
            numbers=summarise(results),
            names=names[order],
            correct_clean=results.correct_clean[order],
            correct_adversarial=results.correct_adversarial[order],
            was_saved=results.was_saved[order],
            correct_saved=results.correct_saved[order],
            tried=results.tried[order],
            success=results.success[order],
            l2=np.array(results.column("l2"), dtype=np.float64)[order],
        )

    @property
    def is_attack(self) -> bool:
        """Whether the recordings were attacked; those of a poison do not depend on the victim."""
        return bool(self.keys["evaluation"])


def read_evaluations(evaluations: Iterable[Described]) -> list[Evaluated]:
    """Read evaluations, with what the summary says of them."""
    return [_read(each) for each in evaluations]


def _read(evaluation: Described) -> Evaluated:
    results = read_results(evaluation.file, attacked=bool(evaluation.keys["evaluation"]))
    return Evaluated.of(evaluation.keys, results)


def same_recordings(evaluations: Iterable[Evaluated]) -> bool:
    """Return whether all evaluations are of the same recordings."""
    first, *others = evaluations
    return all(np.array_equal(first.names, each.names) for each in others)
