"""Test recordings as sound, in one version or another, and their classes by a victim.

A sound is a FLAC file of :mod:`mishear.core.flac` that holds recordings one after the other.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn

from mishear.core.flac import read_sound
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.recordings import Recordings
from mishear.features.waveforms import CHUNK
from mishear.poisoning.base import Poison
from mishear.runtime.batching import Batches


def clean_waveforms(recordings: Recordings) -> Iterator[np.ndarray]:
    """Iterate over waveforms as they are, in chunks of shape (recordings, samples)."""
    for start in range(0, len(recordings), CHUNK):
        yield recordings.inputs(slice(start, start + CHUNK))


def poisoned_waveforms(
    recordings: Recordings, contents: np.ndarray, poison: Poison, sample_rate: int
) -> Iterator[np.ndarray]:
    """Iterate over the same waveforms as a poison leaves them for a test.

    Parameters
    ----------
    recordings
        From :func:`select_waveforms`.
    contents
        Hashes of their audio, shape (recordings,).
    poison
        At one amplitude.
    sample_rate
        Hz.
    """
    given = iter(contents.tolist())
    for waveforms in clean_waveforms(recordings):
        yield np.stack(
            [
                poison.poisoned_waveform(waveform, next(given), sample_rate, in_training=False)
                for waveform in waveforms
            ]
        )


def classify_sound(
    victim: DefendedVictim,
    front_end: nn.Module,
    sound: Path,
    samples: int,
    count: int,
    batches: Batches,
) -> np.ndarray:
    """Classify the recordings of a sound, read from disk.

    Parameters
    ----------
    victim
        In evaluation mode, on the device of the batches.
    front_end
        From :func:`mishear.features.front_ends.building.build_front_end`, on the same device.
    sound
        The FLAC file.
    samples, count
        Samples of each recording, and the number of recordings.
    batches
        How the recordings are divided; the seed is that of the victim's defences.

    Returns
    -------
    numpy.ndarray of shape (count,)
        Numbers of the predicted classes.
    """
    predicted = [np.empty(0, dtype=np.int64)]
    for start in range(0, count, batches.size):
        rows = np.arange(start, min(start + batches.size, count))
        waveforms = torch.from_numpy(read_sound(sound, samples, rows)).to(batches.device)
        with torch.inference_mode():
            classes = victim.predict(front_end(waveforms.unsqueeze(1)), batches.seed_of(start))
        predicted.append(classes.cpu().numpy())
    return np.concatenate(predicted)
