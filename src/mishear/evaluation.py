"""One evaluation: a victim under one attack at one eps, with a row per test recording."""

import csv
import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mishear.arrays import RowsOnDisk
from mishear.attacks import ANY, Outcome, attack_batch, build_attack
from mishear.defences import DefendedVictim
from mishear.devices import in_batches
from mishear.errors import UserError
from mishear.features.split import Division
from mishear.files import atomic_path

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

UNDISTORTED = {"linf": "0", "l2": "0", "snr_db": ""}


@dataclass(frozen=True)
class Recordings:
    """Labelled network inputs of some recordings of a corpus, read a batch at a time.

    Attributes
    ----------
    names : numpy.ndarray of shape (recordings,)
    rows : numpy.ndarray of shape (recordings,)
        Their rows in the corpus.
    read : callable
        Gives the inputs of some rows of the corpus, shape (rows, 1, n_mels, frames), dB.
    targets : numpy.ndarray of shape (recordings,)
        Numbers of the true classes.
    classes : list of str
        Labels in the order of the network's outputs.
    """

    names: np.ndarray
    rows: np.ndarray
    read: Callable[[np.ndarray], np.ndarray]
    targets: np.ndarray
    classes: list[str]

    def __len__(self) -> int:
        return len(self.rows)

    def inputs(self, part: slice = slice(None)) -> np.ndarray:
        """The inputs of a part of the recordings, (recordings, 1, n_mels, frames), dB."""
        return self.read(self.rows[part])


def select(spectrograms: Path, division: Division, rows: np.ndarray) -> Recordings:
    """Some recordings of a corpus.

    Parameters
    ----------
    spectrograms
        ``.npy`` of the whole corpus.
    division
        Its labels.
    rows
        Which of its rows.
    """
    read = RowsOnDisk(spectrograms).__getitem__
    return Recordings(
        division.recordings[rows], rows, read, division.class_indices[rows], division.classes
    )


def shard_rows(count: int, shard: int, shards: int, batch_size: int) -> slice:
    """The recordings of one of several jobs that divide an evaluation's batches among them.

    Parameters
    ----------
    count
        Recordings of the evaluation.
    shard
        Number of the job, from 0.
    shards
        How many jobs there are; if there are fewer batches, some have nothing to do.
    batch_size
        Recordings attacked at once.
    """
    batches = math.ceil(count / batch_size)
    first, last = shard * batches // shards, (shard + 1) * batches // shards
    return slice(first * batch_size, min(last * batch_size, count))


def gallery_rows(division: Division, recordings: int | Sequence[str]) -> np.ndarray:
    """Rows of the recordings to be drawn.

    Parameters
    ----------
    division
        Labels and splits.
    recordings
        Their names, or how many: then test recordings of different classes, in the order of the
        classes.

    Raises
    ------
    UserError
        If a recording named is not in the corpus.
    """
    if not isinstance(recordings, int):
        known = {name: row for row, name in enumerate(division.recordings.tolist())}
        for name in recordings:
            if name not in known:
                raise UserError(
                    f"report.gallery.recordings: '{name}' is not in the corpus; names stand in "
                    f"the corpus's index.csv."
                )
        return np.array([known[name] for name in recordings])
    test = division.rows("test")
    seen: dict[int, int] = {}
    rank = []
    for target in division.class_indices[test].tolist():
        seen[target] = seen.get(target, -1) + 1
        rank.append((seen[target], target))
    order = sorted(range(len(test)), key=rank.__getitem__)
    return test[order[:recordings]]


def attack_recordings(
    victim: DefendedVictim,
    definition: Mapping[str, Any],
    recordings: Recordings,
    eps: float,
    bounds: tuple[float, float],
    seed: int,
    batch_size: int,
    device: torch.device,
    first: int = 0,
    keep_examples: bool = False,
    made_on: DefendedVictim | None = None,
) -> tuple[list[dict[str, Any]], list[np.ndarray]]:
    """Attack recordings in batches.

    Parameters
    ----------
    victim
        What is evaluated; on ``device``, in evaluation mode, parameters frozen.
    definition
        The attack's ``class``, ``params``, ``restarts`` and ``targets``.
    recordings
        What is attacked.
    eps
        Largest perturbation, dB; infinite: no limit.
    bounds
        Lowest and highest value an input may have, dB.
    seed
        With the position of a batch the seed of the attack's random start, so that it does not
        depend on eps.
    batch_size
        Recordings attacked at once.
    first
        Position of the first recording in the whole evaluation.
    keep_examples
        Whether the inputs after the attack are wanted; they are kept in memory.
    made_on
        For a transfer attack the victim it is made on; unset: the one that is evaluated.

    Returns
    -------
    rows
        A row per recording, see ``RESULT_COLUMNS``; ``seconds`` is its share of its batch's time.
    adversarial
        For each batch the inputs after the attack, shape (batch, 1, n_mels, frames), dB; empty
        unless they are wanted.
    """
    attack = build_attack(definition)
    rows: list[dict[str, Any]] = []
    adversarial: list[np.ndarray] = []

    def attack_part(part: slice) -> None:
        inputs = torch.from_numpy(recordings.inputs(part)).to(device)
        labels = torch.from_numpy(recordings.targets[part]).to(device)
        began = time.perf_counter()
        outcome = attack_batch(
            victim,
            attack,
            inputs,
            labels,
            eps,
            bounds,
            seed + first + part.start,
            restarts=definition["restarts"],
            targets=definition["targets"],
            made_on=made_on,
        )
        attacked = outcome.adversarial.cpu().numpy()
        seconds = (time.perf_counter() - began) / len(inputs)
        if keep_examples:
            adversarial.append(attacked)
        rows.extend(result_rows(recordings, part, outcome, seconds, device))
        log.info("%d of %d recordings attacked", len(rows), len(recordings))

    in_batches(attack_part, len(recordings), batch_size)
    report_rejected(rows)
    return rows, adversarial


def compare_poisoned(
    victim: DefendedVictim,
    clean: Recordings,
    poisoned: Recordings,
    distortions: Mapping[str, Mapping[str, str]] | None,
    targets: np.ndarray | None,
    batch_size: int,
    seed: int,
    device: torch.device,
) -> list[dict[str, Any]]:
    """Classify recordings as they are and poisoned.

    Parameters
    ----------
    victim
        On ``device``, in evaluation mode.
    clean, poisoned
        The same recordings in the same order.
    distortions
        For each recording ``linf``, ``l2`` and ``snr_db`` of its poisoned waveform; None where the
        poison is in the labels alone.
    targets
        For each recording the class it is meant to be heard as, as text, empty for none; None:
        the poison is meant to have anything misheard.
    batch_size
        Recordings classified at once.
    seed
        Of what the victim's defences draw.

    Returns
    -------
    list of dict
        A row per recording, see ``RESULT_COLUMNS``; norms are those of the waveform.
    """
    rows: list[dict[str, Any]] = []

    def compare_part(part: slice) -> None:
        began = time.perf_counter()
        before, after = (
            victim.predict(torch.from_numpy(recordings.inputs(part)).to(device), seed + part.start)
            .cpu()
            .numpy()
            for recordings in (clean, poisoned)
        )
        of_batch = [
            distortions[name] if distortions else UNDISTORTED for name in clean.names[part].tolist()
        ]
        outcome = Outcome(
            adversarial=torch.empty(0),
            rejected=[""] * len(before),
            clean_prediction=before,
            adversarial_prediction=after,
            linf=np.array([float(row["linf"]) for row in of_batch]),
            l2=np.array([float(row["l2"]) for row in of_batch]),
            target=np.full(len(before), ANY),
        )
        seconds = (time.perf_counter() - began) / len(before)
        ratios = [row["snr_db"] for row in of_batch]
        aims = None if targets is None else targets[part]
        rows.extend(result_rows(clean, part, outcome, seconds, device, ratios, aims))

    in_batches(compare_part, len(clean), batch_size)
    return rows


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
        tried, succeeded = outcome.heard_right(targets), outcome.success(targets)
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
