"""Spectrograms of poisoned waveforms, and how much each waveform was distorted."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mishear.core.arrays import read_chunks, write_chunks
from mishear.core.tables.poisoning import DISTORTIONS
from mishear.features.cache import recordings_of_shard
from mishear.features.spectrograms import spectrograms
from mishear.features.waveforms import CHUNK, signal_to_noise_ratio
from mishear.poisoning.base import Poison


def write_poisoned_spectrograms(
    waveform_shard: Path,
    index: Path,
    front_end: dict[str, Any],
    poison: Poison,
    shard: int,
    shards: int,
    trained_on: Collection[str],
    path: Path,
    distortions: Path,
) -> None:
    """Write one shard of spectrograms of poisoned waveforms, and how much each was distorted.

    ``trained_on`` names the recordings that are poisoned as for training, the others as for a test.

    ``distortions`` gets a row per recording: L-inf and L2 norm of what was added to the waveform
    (full scale is 1) and the signal-to-noise ratio in dB.
    """
    recordings = recordings_of_shard(index, shard, shards)
    clean = read_chunks(waveform_shard, CHUNK)
    measured: list[dict[str, Any]] = []
    sample_rate = front_end["sample_rate"]
    noisy = poisoned_waveforms(clean, recordings, poison, sample_rate, trained_on, measured)
    write_chunks(path, len(recordings), spectrograms(noisy, front_end))
    DISTORTIONS.write(measured, distortions)


def poisoned_waveforms(
    chunks: Iterable[np.ndarray],
    recordings: Sequence[str],
    poison: Poison,
    sample_rate: int,
    trained_on: Collection[str],
    measured: list[dict[str, Any]],
) -> Iterator[np.ndarray]:
    """Poison waveforms, a chunk at a time.

    Parameters
    ----------
    chunks
        Each of shape (recordings in the chunk, samples).
    recordings
        The names of all of them.
    poison
        At one amplitude.
    sample_rate
        Hz.
    trained_on
        Names of the recordings that are poisoned as for training.
    measured
        Gets a row of ``DISTORTIONS`` for each recording.

    Yields
    ------
    numpy.ndarray of shape (recordings in the chunk, samples), float32
    """
    start = 0
    for chunk in chunks:
        names = recordings[start : start + len(chunk)]
        start += len(chunk)
        noisy = np.stack(
            [
                poison.poisoned_waveform(waveform, name, sample_rate, name in trained_on)
                for waveform, name in zip(chunk, names, strict=True)
            ]
        )
        for name, before, after in zip(names, chunk, noisy, strict=True):
            added = after - before
            ratio = signal_to_noise_ratio(before, after)
            linf, l2 = np.abs(added).max(), np.linalg.norm(added)
            measured.append({"recording": name, "linf": linf, "l2": l2, "snr_db": ratio})
        yield noisy


def read_distortions(path: Path) -> dict[str, dict[str, Any]]:
    """For each recording its row of a table of distortions."""
    return {row["recording"]: row for row in DISTORTIONS.read(path)}
