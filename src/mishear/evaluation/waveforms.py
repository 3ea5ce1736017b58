"""Evaluations under attacks on the waveform, as returned and as saved with 16 bits."""

import logging
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from mishear.attacks.judging import Outcome
from mishear.attacks.waveform import WaveformAttack, within_full_scale
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.results import report_rejected, result_rows
from mishear.evaluation.sounds import classify_sound
from mishear.features.waveforms import Ratios
from mishear.runtime.batching import Batches, in_batches

log = logging.getLogger(__name__)


def attack_waveforms(
    victim: DefendedVictim,
    attack: WaveformAttack,
    recordings: Recordings,
    front_end: nn.Module,
    batches: Batches,
    source: DefendedVictim | None = None,
) -> tuple[list[dict[str, Any]], list[np.ndarray]]:
    """Attack recordings in batches.

    Parameters
    ----------
    victim
        The victim that is evaluated; on the device of the batches, in evaluation mode, parameters
        frozen.
    attack
        With its limit.
    recordings
        From :func:`mishear.evaluation.recordings.select_waveforms`.
    front_end
        On the same device.
    batches, source
        See :func:`mishear.evaluation.inputs.attack_recordings`.

    Returns
    -------
    rows
        A row of :data:`mishear.core.tables.evaluation.RESULTS` per recording, without what is
        predicted once it is saved.
    adversarial
        For each batch the waveforms after the attack, shape (batch, samples).
    """
    rows: list[dict[str, Any]] = []
    adversarial: list[np.ndarray] = []

    def attack_part(part: slice) -> None:
        clean = within_full_scale(recordings.inputs(part))
        began = time.perf_counter()
        outcome, waveforms = attack.on(
            victim,
            front_end,
            torch.from_numpy(clean).to(batches.device),
            torch.from_numpy(recordings.targets[part]).to(batches.device),
            batches.seed_of(part.start),
            source,
        )
        changed = waveforms.cpu().numpy()
        seconds = (time.perf_counter() - began) / len(clean)
        adversarial.append(changed)
        distorted, ratios = measured(outcome, clean, changed)
        rows.extend(result_rows(recordings, part, distorted, seconds, batches.device, ratios))
        log.info("%d of %d recordings attacked", len(rows), len(recordings))

    in_batches(attack_part, len(recordings), batches.size)
    report_rejected(rows)
    return rows, adversarial


def judge_saved(
    rows: list[dict[str, Any]], predicted: np.ndarray, recordings: Recordings
) -> list[dict[str, Any]]:
    """Add to rows the classes predicted for the recordings saved with 16 bits and read again.

    Parameters
    ----------
    rows
        From :func:`attack_waveforms`.
    predicted
        Numbers of the classes, from :func:`mishear.evaluation.sounds.classify_sound`.
    recordings
        The recordings that were attacked.
    """
    saved = np.array(recordings.classes)[predicted].tolist()
    return [row | {"saved_prediction": label} for row, label in zip(rows, saved, strict=True)]


def judge_sound(
    rows: list[dict[str, Any]],
    sound: Path,
    recordings: Recordings,
    victim: DefendedVictim,
    front_end: nn.Module,
    batches: Batches,
) -> list[dict[str, Any]]:
    """Add to rows what is predicted for the recordings as a sound holds them.

    Parameters
    ----------
    rows, recordings
        See :func:`judge_saved`.
    sound
        The FLAC file to which the recordings were written after the attack.
    victim, front_end, batches
        See :func:`mishear.evaluation.sounds.classify_sound`.
    """
    samples = recordings.input_shape[0]
    predicted = classify_sound(victim, front_end, sound, samples, len(rows), batches)
    return judge_saved(rows, predicted, recordings)


def measured(
    outcome: Outcome, clean: np.ndarray, changed: np.ndarray
) -> tuple[Outcome, list[Ratios]]:
    """Return an outcome with the norms of the samples' change, and its ratios to the speech."""
    change = np.float64(changed) - clean
    ratios = [
        Ratios.of(*pair) if len(np.flatnonzero(pair[0])) else Ratios()
        for pair in zip(clean, changed, strict=True)
    ]
    norms = replace(outcome, linf=np.abs(change).max(axis=1), l2=np.linalg.norm(change, axis=1))
    return norms, ratios
