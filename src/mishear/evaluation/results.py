"""The results of one evaluation: a row per test recording, and the adversarial inputs kept."""

import csv
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mishear.attacks.judging import ANY, Outcome
from mishear.core.files import atomic_path
from mishear.evaluation.recordings import Recordings

log = logging.getLogger(__name__)

RESULT_COLUMNS = (
    "recording",
    "label",
    "clean_prediction",
    "adversarial_prediction",
    "target",
    "success",
    "linf",
    "l2",
    "snr_db",
    "rejected",
    "saved_prediction",
    "seconds",
    "device",
)
"""``target`` is the class aimed at, empty for none. ``success`` is empty where there was nothing
to win: for an attack on a recording that was misheard already, for a poison on one that is not
meant to be heard as another class. ``saved_prediction`` is what is heard in the recording saved
with 16 bits and read again, for attacks on the waveform; empty for others."""


def result_rows(
    recordings: Recordings,
    part: slice,
    outcome: Outcome,
    seconds: float,
    device: torch.device,
    ratios: Sequence[str] | None = None,
    aims: np.ndarray | None = None,
) -> list[dict[str, Any]]:
    """A row per recording of a batch, see ``RESULT_COLUMNS``.

    Parameters
    ----------
    recordings, part
        What the batch is a part of.
    outcome
        Of the batch.
    seconds
        For each recording.
    device
        Where it was computed.
    ratios
        Signal-to-noise ratios in dB, as text; unset: none.
    aims
        For each recording the label it is meant to be heard as, empty for none; unset: as the
        outcome says.
    """
    names = recordings.names[part].tolist()
    classes = np.array(recordings.classes)
    targets = recordings.targets[part]
    labels = classes[targets]
    before, after = classes[outcome.clean_prediction], classes[outcome.adversarial_prediction]
    if aims is None:
        aims = np.where(outcome.target == ANY, "", classes[outcome.target])
        tried, succeeded = outcome.correct_clean(targets), outcome.success(targets)
    else:
        tried, succeeded = (aims != "") & (aims != labels), after == aims
    return [
        {
            "recording": name,
            "label": labels[row],
            "target": aims[row],
            "clean_prediction": before[row],
            "adversarial_prediction": after[row],
            "success": int(succeeded[row]) if tried[row] else "",
            "linf": f"{outcome.linf[row]:.6g}",
            "l2": f"{outcome.l2[row]:.6g}",
            "snr_db": ratios[row] if ratios else "",
            "rejected": outcome.rejected[row],
            "saved_prediction": "",
            "seconds": f"{seconds:.6g}",
            "device": str(device),
        }
        for row, name in enumerate(names)
    ]


def report_rejected(rows: list[dict[str, Any]]) -> None:
    """Log why returned recordings were not accepted."""
    reasons = [row["rejected"] for row in rows if row["rejected"]]
    for reason in sorted(set(reasons)):
        log.info(
            "%d of %d returned recordings were %s: counted as failures of the attack",
            reasons.count(reason),
            len(rows),
            reason,
        )


def write_results(rows: list[dict[str, Any]], path: Path) -> None:
    """Write the rows of an evaluation."""
    with atomic_path(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, RESULT_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def gather_examples(shards: Sequence[Path], path: Path) -> None:
    """Join the kept examples of all shards of an evaluation to those of one job."""
    arrays = [np.load(shard) for shard in shards]
    filled = [array for array in arrays if len(array["recording"])] or arrays[:1]
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        joined = {key: np.concatenate([each[key] for each in filled]) for key in filled[0]}
        np.savez_compressed(file, **joined)


def write_examples(
    recordings: Recordings,
    adversarial: Sequence[np.ndarray],
    rows: list[dict[str, Any]],
    path: Path,
) -> None:
    """Keep clean and adversarial inputs, compressed, with their names and predictions."""
    clean = recordings.inputs()
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            recording=recordings.names,
            clean=clean,
            adversarial=np.concatenate([clean[:0], *adversarial]),
            label=[row["label"] for row in rows],
            clean_prediction=[row["clean_prediction"] for row in rows],
            adversarial_prediction=[row["adversarial_prediction"] for row in rows],
        )
