"""The training split as a poison leaves it: which recordings are poisoned, how all are labelled."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mishear.core.errors import UserError
from mishear.core.random_streams import stream
from mishear.features.split import Division
from mishear.poisoning.building import build_poison, check_classes


@dataclass(frozen=True)
class TrainingSet:
    """The recordings a network learns from.

    Attributes
    ----------
    rows : numpy.ndarray of shape (training recordings,)
        Their rows in the corpus.
    labels : numpy.ndarray of int64, same shape
        Numbers of the classes they are labelled as.
    is_poisoned : numpy.ndarray of bool, same shape
    """

    rows: np.ndarray
    labels: np.ndarray
    is_poisoned: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, kept: np.ndarray) -> "TrainingSet":
        """Return the recordings for which ``kept``, of bool, is true."""
        return replace(
            self,
            rows=self.rows[kept],
            labels=self.labels[kept],
            is_poisoned=self.is_poisoned[kept],
        )


def training_set(
    division: Division, definition: Mapping[str, Any] | None, seed: int
) -> TrainingSet:
    """Return the training split as a poison leaves it.

    Parameters
    ----------
    division
        True labels and splits.
    definition
        The poison, see :func:`~mishear.poisoning.building.build_poison`, with its ``rate``. None:
        no poison.
    seed
        Seed of the victim, which chooses the recordings. With one seed the recordings of a smaller
        rate are always among those of a larger one.

    Raises
    ------
    UserError
        If a class that is named is not in the corpus, or the rate asks for more recordings than
        may be poisoned.
    """
    rows = division.rows("train")
    labels = division.class_indices[rows]
    if definition is None:
        return TrainingSet(rows, labels, np.zeros(len(rows), bool))
    where = f"recipes.{definition['recipe']}.poison"
    poison = build_poison(definition)
    check_classes(poison, division.classes, where)
    candidates = rows[poison.candidates(division.labels[rows])]
    rate, whole = definition["rate"], rows if poison.rate_of == "training" else candidates
    count = round(rate * len(whole))
    if count > len(candidates):
        raise UserError(
            f"{where}.rate: {rate:g} of {len(rows)} training recordings are {count}, but only "
            f"{len(candidates)} may be poisoned. Set a smaller rate."
        )
    chosen = np.isin(rows, poisoned_rows(candidates, count, seed))
    contents = division.contents[rows].tolist()
    relabelled = poison.poisoned_labels(contents, labels, division.classes)
    return TrainingSet(rows, np.where(chosen, relabelled, labels), chosen)


def poisoned_rows(candidates: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Choose the recordings that are poisoned. With one seed fewer are always among more.

    Parameters
    ----------
    candidates
        Row numbers to choose from.
    count
        How many are chosen.
    seed
        Seed of the victim.
    """
    order = stream(seed, "poisoned share").permutation(len(candidates))
    return np.sort(candidates[order[:count]])
