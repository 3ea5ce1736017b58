"""Evaluations on recordings with a natural corruption, at each of its severities."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from mishear.core.errors import UserError
from mishear.core.tables.corruptions import CORRUPTED
from mishear.corruptions.base import Context, Corruption, Voices
from mishear.defences.defended import DefendedVictim, NoScore
from mishear.evaluation.recordings import Recordings, select_waveforms
from mishear.features.split import Division
from mishear.features.waveforms import Ratios
from mishear.runtime.batching import Batches, in_batches
from mishear.runtime.environment import environment_of

log = logging.getLogger(__name__)

_REMEDY = "Leave out this severity, or correct the params of the front end or the network."


def voices_of(shards: Sequence[Path], division: Division) -> Voices:
    """Return the recordings that corruptions may mix into test recordings.

    Parameters
    ----------
    shards
        The waveforms of the whole corpus, in order.
    division
        Its splits. The recordings are those of the training split or, without one, of the test
        split.
    """
    rows = division.rows("train")
    rows = rows if len(rows) else division.rows("test")
    recordings = select_waveforms(shards, division, rows)
    return Voices(division.contents[rows], lambda numbers: recordings.read(rows[numbers]))


def contexts_of(division: Division, rows: np.ndarray, rate: int, voices: Voices) -> list[Context]:
    """Return what corruptions know of some recordings, which are sampled at ``rate`` Hz."""
    return [Context(content, rate, voices) for content in division.contents[rows].tolist()]


def classify_corrupted(
    victim: DefendedVictim,
    recordings: Recordings,
    contexts: Sequence[Context],
    corruptions: Sequence[Corruption],
    front_end: nn.Module,
    batches: Batches,
) -> list[dict[str, Any]]:
    """Classify recordings as they are and at each severity of a corruption.

    Parameters
    ----------
    victim
        On the device of the batches, in evaluation mode.
    recordings
        From :func:`mishear.evaluation.recordings.select_waveforms`.
    contexts
        What the corruption knows of each of them.
    corruptions
        One for each severity.
    front_end
        On the same device.
    batches
        How the recordings are divided; the seed is that of the victim's defences.

    Returns
    -------
    list of dict
        Rows of :data:`mishear.core.tables.corruptions.CORRUPTED`, severity by severity.

    Raises
    ------
    UserError
        If the corruption cannot be applied, or the front end or the victim gives NaN or infinite
        values for a recording that it has corrupted.
    """
    found: list[list[dict[str, Any]]] = [[] for _ in corruptions]
    environment = asdict(environment_of(batches.device))
    classes = np.array(recordings.classes)

    def predicted(waveforms: np.ndarray, part: slice, how: str) -> np.ndarray:
        inputs = _inputs(waveforms, front_end, batches.device)
        names = [f"{name}, {how}" for name in recordings.names[part]]
        return classes[_predict(victim, inputs, batches.seed_of(part.start), names)]

    def classify_part(part: slice) -> None:
        clean = np.array(recordings.inputs(part), dtype=np.float32)
        told = {
            "recording": recordings.names[part],
            "label": classes[recordings.targets[part]],
            "clean_prediction": predicted(clean, part, "as it is"),
        }
        for rows, corruption in zip(found, corruptions, strict=True):
            began = time.perf_counter()
            changed = corrupted_waveforms(clean, contexts[part], corruption)
            told["corrupted_prediction"] = predicted(changed, part, f"under {_named(corruption)}")
            common = {**environment, "seconds": (time.perf_counter() - began) / len(clean)}
            for row, pair in enumerate(zip(clean, changed, strict=True)):
                of_row = {name: values[row] for name, values in told.items()}
                rows.append(of_row | change_of(*pair, corruption.adds_noise) | common)
        log.info("%d of %d recordings classified", len(found[0]), len(recordings))

    in_batches(classify_part, len(recordings), batches.size)
    return [
        row | {"severity": number, "level": corruption.level, "level_unit": corruption.unit}
        for number, (rows, corruption) in enumerate(zip(found, corruptions, strict=True), start=1)
        for row in rows
    ]


def _predict(
    victim: DefendedVictim, inputs: torch.Tensor, seed: int, names: Sequence[str]
) -> np.ndarray:
    """Return the numbers of the predicted classes; ``names`` are those of the inputs."""
    finite = inputs.flatten(1).isfinite().all(1)
    if not finite.all():
        name = names[int(finite.int().argmin())]
        raise UserError(f"{name}: the front end gives NaN or infinite values. {_REMEDY}")
    try:
        return victim.predict(inputs, seed).cpu().numpy()
    except NoScore as error:
        name = names[error.row]
        raise UserError(f"{name}: the victim gives NaN as a score. {_REMEDY}") from error


def _named(corruption: Corruption) -> str:
    return f"{type(corruption).__name__} at {corruption.level:g} {corruption.unit}"


def _inputs(waveforms: np.ndarray, front_end: nn.Module, device: torch.device) -> torch.Tensor:
    with torch.inference_mode():
        return front_end(torch.from_numpy(waveforms).to(device).unsqueeze(1))


def corrupted_waveforms(
    clean: np.ndarray, contexts: Sequence[Context], corruption: Corruption
) -> np.ndarray:
    """Corrupt recordings; silent ones stay as they are.

    Parameters
    ----------
    clean
        Shape (recordings, samples).
    contexts
        What the corruption knows of each.
    corruption
        At one level.

    Raises
    ------
    UserError
        If the corruption cannot be applied, or returns what is no waveform of the same length.
    """
    changed = []
    for waveform, context in zip(clean, contexts, strict=True):
        try:
            found = corruption.corrupted(waveform, context) if waveform.any() else waveform
        except ValueError as error:
            raise UserError(f"{_named(corruption)}: {error}.") from error
        if np.shape(found) != waveform.shape or not np.isfinite(found).all():
            raise UserError(
                f"{_named(corruption)} returned an array of shape {np.shape(found)} for a "
                f"waveform of shape {waveform.shape}, or values that are not finite. It must keep "
                f"the number of samples."
            )
        changed.append(np.asarray(found, dtype=np.float32))
    return np.stack(changed)


def change_of(clean: np.ndarray, changed: np.ndarray, is_noise: bool) -> dict[str, float | None]:
    """Return the norms of the change of a waveform and, if it is noise, its ratios."""
    change = np.float64(changed) - clean
    ratios = Ratios.of(clean, changed) if is_noise and clean.any() else Ratios()
    return {"linf": np.abs(change).max(), "l2": np.linalg.norm(change), **asdict(ratios)}


def severities_in(path: str | Path) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Yield each severity of a corruption, with its results as those of other evaluations.

    Parameters
    ----------
    path
        A file of :data:`mishear.core.tables.corruptions.CORRUPTED`.

    Yields
    ------
    keys : dict
        ``severity``, ``level`` and ``level_unit``.
    rows : list of dict
        Rows of :data:`mishear.core.tables.evaluation.RESULTS`. Nothing was to be won.
    """
    groups: dict[int, list[dict[str, Any]]] = {}
    for row in CORRUPTED.read(path):
        groups.setdefault(row["severity"], []).append(row)
    no_attack = {"target": "", "success": None, "rejected": "", "saved_prediction": ""}
    no_attack["queries"] = None
    for rows in groups.values():
        keys = {key: rows[0][key] for key in ("severity", "level", "level_unit")}
        yield (
            keys,
            [
                {**row, **no_attack, "adversarial_prediction": row["corrupted_prediction"]}
                for row in rows
            ],
        )
