"""Evaluations under attacks on the waveform, as returned and as saved with 16 bits."""

import logging
import math
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from mishear.attacks.judging import Outcome
from mishear.attacks.waveform import WaveformAttack, within_full_scale
from mishear.core.flac import write_sound
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.results import report_rejected, result_rows
from mishear.evaluation.sounds import hear_sound
from mishear.features.waveforms import signal_to_noise_ratio
from mishear.runtime.devices import in_batches

log = logging.getLogger(__name__)


def attack_waveforms(
    victim: DefendedVictim,
    attack: WaveformAttack,
    recordings: Recordings,
    front_end: nn.Module,
    sample_rate: int,
    seed: int,
    batch_size: int,
    device: torch.device,
    sound: Path,
    first: int = 0,
    source: DefendedVictim | None = None,
) -> list[dict[str, Any]]:
    """Attack recordings in batches, save them with 16 bits, and hear what was saved.

    Parameters
    ----------
    victim
        What is evaluated; on ``device``, in evaluation mode, parameters frozen.
    attack
        With its limit.
    recordings
        From :func:`mishear.evaluation.recordings.select_waveforms`.
    front_end
        On ``device``.
    sample_rate
        Hz.
    seed, first, source
        See :func:`mishear.evaluation.inputs.attack_recordings`.
    batch_size
        Recordings attacked at once.
    sound
        FLAC file that gets the recordings after the attack, see :mod:`mishear.core.flac`.

    Returns
    -------
    list of dict
        A row per recording, see :data:`mishear.core.tables.evaluation.RESULTS`; ``snr_db``
        is that of the active speech.
    """
    rows: list[dict[str, Any]] = []
    attacked: list[np.ndarray] = []

    def attack_part(part: slice) -> None:
        clean = within_full_scale(recordings.inputs(part))
        began = time.perf_counter()
        outcome, waveforms = attack.on(
            victim,
            front_end,
            torch.from_numpy(clean).to(device),
            torch.from_numpy(recordings.targets[part]).to(device),
            seed + first + part.start,
            source,
        )
        changed = waveforms.cpu().numpy()
        seconds = (time.perf_counter() - began) / len(clean)
        attacked.append(changed)
        distorted, ratios = measured(outcome, clean, changed)
        rows.extend(result_rows(recordings, part, distorted, seconds, device, ratios))
        log.info("%d of %d recordings attacked", len(rows), len(recordings))

    in_batches(attack_part, len(recordings), batch_size)
    report_rejected(rows)
    write_sound(sound, attacked, sample_rate)
    samples = recordings.inputs(slice(0, 1)).shape[1]
    heard = hear_sound(
        victim, front_end, sound, samples, len(recordings), seed + first, batch_size, device
    )
    saved = np.array(recordings.classes)[heard].tolist()
    return [row | {"saved_prediction": label} for row, label in zip(rows, saved, strict=True)]


def measured(
    outcome: Outcome, clean: np.ndarray, changed: np.ndarray
) -> tuple[Outcome, list[float | None]]:
    """An outcome with the norms of the samples' change, and the signal-to-noise ratios (dB)."""
    change = np.float64(changed) - clean
    ratios = [
        signal_to_noise_ratio(*pair) if len(np.flatnonzero(pair[0])) else math.nan
        for pair in zip(clean, changed, strict=True)
    ]
    norms = replace(outcome, linf=np.abs(change).max(axis=1), l2=np.linalg.norm(change, axis=1))
    return norms, [None if math.isnan(ratio) else ratio for ratio in ratios]
