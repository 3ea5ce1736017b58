"""What detectors said of training recordings: written, read, and held against the truth."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mishear.core.errors import UserError
from mishear.core.statistics import proportion
from mishear.core.tables.base import Described
from mishear.core.tables.poisoning import DETECTION
from mishear.features.split import Division
from mishear.poisoning.training_set import TrainingSet
from mishear.runtime.environment import write_computed

log = logging.getLogger(__name__)

TOLERABLE = 0.05
"""False positive rate at which ``tpr_at_5_percent_fpr`` is measured."""


def write_detection(
    scores: np.ndarray,
    flagged: np.ndarray,
    division: Division,
    chosen: TrainingSet,
    path: Path,
    device: torch.device | None = None,
) -> None:
    """Write a row for each training recording, see :data:`mishear.core.tables.poisoning.DETECTION`.

    Parameters
    ----------
    scores, flagged
        Of each training recording; larger scores are more suspicious.
    division
        Names and classes of the corpus.
    chosen
        What was trained on.
    path
        The CSV file; ``label`` in it is the class the recording was labelled as.
    device
        Where the scores were computed; None: on the CPU.
    """
    rows = (
        {
            "recording": division.recordings[row],
            "label": division.classes[chosen.labels[position]],
            "is_poisoned": chosen.is_poisoned[position],
            "score": scores[position],
            "flagged": flagged[position],
        }
        for position, row in enumerate(chosen.rows)
    )
    write_computed(DETECTION, rows, path, device)


def read_kept(path: Path) -> np.ndarray:
    """Read which training recordings a detector kept, of bool, in the order of the split.

    Parameters
    ----------
    path
        As :func:`write_detection` writes it.

    Raises
    ------
    UserError
        If it kept none.
    """
    rows = DETECTION.read(path)
    if all(row["flagged"] for row in rows):
        raise UserError(
            f"{path}: the detector flags every recording, so there is nothing left to train on. "
            f"Make it less sensitive."
        )
    if emptied := _emptied_classes(rows):
        log.warning(
            "%s: the detector flags every recording of %s: the victim is trained without",
            path,
            emptied,
        )
    return np.array([not row["flagged"] for row in rows])


def _emptied_classes(rows: Sequence[Mapping[str, Any]]) -> str:
    """Name the classes, as recordings are labelled, of which a detector kept nothing."""
    kept = {row["label"] for row in rows if not row["flagged"]}
    return ", ".join(sorted({row["label"] for row in rows} - kept))


def summarise_detection(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Summarise how well one detection found the poisoned recordings.

    Parameters
    ----------
    rows
        Of :data:`mishear.core.tables.poisoning.DETECTION`.

    Returns
    -------
    dict
        The columns of :data:`mishear.core.tables.poisoning.DETECTIONS` from ``n`` on; None where
        there is nothing to take a proportion of. ``tpr_at_5_percent_fpr`` tells what the scores
        are worth whatever threshold the detector has.
    """
    poisoned = [row for row in rows if row["is_poisoned"]]
    others = [row for row in rows if not row["is_poisoned"]]
    found, alarms = _flagged(poisoned), _flagged(others)
    return {
        "n": len(rows),
        "poisoned": len(poisoned),
        "flagged": found + alarms,
        "precision": found / (found + alarms) if found + alarms else None,
        **proportion("true_positive_rate", "tpr", found, len(poisoned)),
        **proportion("false_positive_rate", "fpr", alarms, len(others)),
        "tpr_at_5_percent_fpr": _true_positive_rate_at(TOLERABLE, poisoned, others),
        "emptied_classes": _emptied_classes(rows),
    }


def _true_positive_rate_at(
    false_positive_rate: float,
    poisoned: Sequence[Mapping[str, Any]],
    others: Sequence[Mapping[str, Any]],
) -> float | None:
    """Compute the share of the poisoned that score above all but a share of the others."""
    if not poisoned or not others:
        return None
    of_others = sorted((row["score"] for row in others), reverse=True)
    threshold = of_others[min(int(false_positive_rate * len(others)), len(others) - 1)]
    return sum(row["score"] > threshold for row in poisoned) / len(poisoned)


def _flagged(rows: Iterable[Mapping[str, Any]]) -> int:
    return sum(row["flagged"] for row in rows)


def summarise_detections(detections: Iterable[Described]) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.poisoning.DETECTIONS`.

    Parameters
    ----------
    detections
        Files of :data:`mishear.core.tables.poisoning.DETECTION`, with their victim, poison and
        detector.
    """
    for detection in detections:
        yield {**detection.keys, **summarise_detection(DETECTION.read(detection.file))}
