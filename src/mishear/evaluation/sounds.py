"""Test recordings as sound, in one version or another, and what a victim hears in them.

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


def in_chunks(recordings: Recordings) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Names and inputs of recordings, a chunk at a time."""
    for start in range(0, len(recordings), CHUNK):
        part = slice(start, start + CHUNK)
        yield recordings.names[part], recordings.inputs(part)


def clean_waveforms(recordings: Recordings) -> Iterator[np.ndarray]:
    """Recordings of :func:`select_waveforms` as they are, each chunk (recordings, samples)."""
    for _, waveforms in in_chunks(recordings):
        yield waveforms


def poisoned_waveforms(
    recordings: Recordings, poison: Poison, sample_rate: int
) -> Iterator[np.ndarray]:
    """The same as a poison leaves them for a test.

    Parameters
    ----------
    recordings
        From :func:`select_waveforms`.
    poison
        At one amplitude.
    sample_rate
        Hz.
    """
    for names, waveforms in in_chunks(recordings):
        yield np.stack(
            [
                poison.poisoned_waveform(waveform, name, sample_rate, in_training=False)
                for name, waveform in zip(names.tolist(), waveforms, strict=True)
            ]
        )


def hear_sound(
    victim: DefendedVictim,
    front_end: nn.Module,
    sound: Path,
    samples: int,
    count: int,
    seed: int,
    batch_size: int,
    device: torch.device,
) -> np.ndarray:
    """What a victim hears in the recordings of a sound, read from disk.

    Parameters
    ----------
    victim
        In evaluation mode, on ``device``.
    front_end
        From :func:`mishear.features.spectrograms.mel_front_end`, on ``device``.
    sound
        The FLAC file.
    samples, count
        Of each recording, and how many recordings there are.
    seed
        Of what the victim's defences draw.
    batch_size
        Recordings classified at once.

    Returns
    -------
    numpy.ndarray of shape (count,)
        Numbers of the predicted classes.
    """
    heard = [np.empty(0, dtype=np.int64)]
    for start in range(0, count, batch_size):
        rows = np.arange(start, min(start + batch_size, count))
        waveforms = torch.from_numpy(read_sound(sound, samples, rows)).to(device)
        with torch.inference_mode():
            predicted = victim.predict(front_end(waveforms.unsqueeze(1)), seed + start)
        heard.append(predicted.cpu().numpy())
    return np.concatenate(heard)
