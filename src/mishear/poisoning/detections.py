"""What detectors said of training recordings: written, read, and held against the truth."""

import csv
import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mishear.core.errors import UserError
from mishear.core.files import atomic_path
from mishear.core.statistics import wilson_interval
from mishear.core.tables import write_table
from mishear.features.split import Division
from mishear.poisoning.training_set import TrainingSet

log = logging.getLogger(__name__)

COLUMNS = ("recording", "label", "is_poisoned", "score", "flagged")
TABLE_COLUMNS = (
    "corpus",
    "front_end",
    "network",
    "recipe",
    "seed",
    "poison",
    "poison_amplitude",
    "poisoning_rate",
    "detector",
    "n",
    "poisoned",
    "flagged",
    "precision",
    "recall",
    "recall_low",
    "recall_high",
    "false_alarm_rate",
    "false_alarm_low",
    "false_alarm_high",
    "recall_at_5_percent",
    "emptied_classes",
)
TOLERABLE = 0.05
"""Share of the recordings that are not poisoned, for ``recall_at_5_percent``."""


def write_detection(
    scores: np.ndarray, flagged: np.ndarray, division: Division, chosen: TrainingSet, path: Path
) -> None:
    """Write a row for each training recording, see ``COLUMNS``.

    Parameters
    ----------
    scores, flagged
        Of each training recording; larger scores are more suspicious.
    division
        Names and classes of the corpus.
    chosen
        What was trained on.
    path
        The CSV file; ``label`` in it is the class the recording was said to be of.
    """
    with atomic_path(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for position, row in enumerate(chosen.rows):
            writer.writerow(
                [
                    division.recordings[row],
                    division.classes[chosen.labels[position]],
                    int(chosen.is_poisoned[position]),
                    f"{scores[position]:.6g}",
                    int(flagged[position]),
                ]
            )


def read_kept(path: Path) -> np.ndarray:
    """Which training recordings a detector kept, of bool, in the order of the training split.

    Parameters
    ----------
    path
        As :func:`write_detection` writes it.

    Raises
    ------
    UserError
        If it kept none.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if all(row["flagged"] == "1" for row in rows):
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
    return np.array([row["flagged"] == "0" for row in rows])


def _emptied_classes(rows: Sequence[Mapping[str, str]]) -> str:
    """The classes, as recordings are labelled, of which a detector kept nothing."""
    kept = {row["label"] for row in rows if row["flagged"] == "0"}
    return ", ".join(sorted({row["label"] for row in rows} - kept))


def summarise_detection(rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """How well one detection found the poisoned recordings.

    Parameters
    ----------
    rows
        As :func:`write_detection` writes them.

    Returns
    -------
    dict
        ``n`` recordings, ``poisoned`` and ``flagged`` ones; ``precision``, the share of poisoned
        ones among the flagged; ``recall``, of flagged ones among the poisoned;
        ``false_alarm_rate``, of flagged ones among the others; the last two with their 95 %
        Wilson intervals; ``recall_at_5_percent``, the recall of the lowest threshold on the scores
        that raises a false alarm at 5 % of the others or less, which tells what the scores are
        worth whatever threshold the detector has; ``emptied_classes``, those of which nothing was
        kept. None where there is nothing to take a share of.
    """
    poisoned = [row for row in rows if row["is_poisoned"] == "1"]
    others = [row for row in rows if row["is_poisoned"] != "1"]
    found, alarms = _flagged(poisoned), _flagged(others)
    recall = _share(found, len(poisoned))
    false_alarms = _share(alarms, len(others))
    return {
        "n": len(rows),
        "poisoned": len(poisoned),
        "flagged": found + alarms,
        "precision": found / (found + alarms) if found + alarms else None,
        **dict(zip(("recall", "recall_low", "recall_high"), recall, strict=True)),
        **dict(
            zip(
                ("false_alarm_rate", "false_alarm_low", "false_alarm_high"),
                false_alarms,
                strict=True,
            )
        ),
        "recall_at_5_percent": _recall_at(TOLERABLE, poisoned, others),
        "emptied_classes": _emptied_classes(rows),
    }


def _recall_at(
    false_alarms: float, poisoned: Sequence[Mapping[str, str]], others: Sequence[Mapping[str, str]]
) -> float | None:
    """Share of the poisoned with scores above those of all but this share of the others."""
    if not poisoned or not others:
        return None
    of_others = sorted((float(row["score"]) for row in others), reverse=True)
    threshold = of_others[min(int(false_alarms * len(others)), len(others) - 1)]
    return sum(float(row["score"]) > threshold for row in poisoned) / len(poisoned)


def _flagged(rows: Iterable[Mapping[str, str]]) -> int:
    return sum(row["flagged"] == "1" for row in rows)


def _share(count: int, n: int) -> tuple[float | None, float | None, float | None]:
    """A share with the limits of its interval."""
    return (count / n, *wilson_interval(count, n)) if n else (None, None, None)


def write_detections(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write the table of a study's detections, see ``TABLE_COLUMNS``."""
    write_table(rows, TABLE_COLUMNS, path)
