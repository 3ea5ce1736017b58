"""Compute spectrograms of poisoned waveforms, and measure their distortions."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from mishear.core.arrays import read_chunks, write_chunks
from mishear.core.tables.poisoning import DISTORTIONS
from mishear.features.front_ends.building import features
from mishear.features.waveforms import CHUNK, Ratios
from mishear.poisoning.base import Poison


def write_poisoned_spectrograms(
    waveform_shard: Path,
    recordings: Sequence[tuple[str, str]],
    front_end: dict[str, Any],
    poison: Poison,
    trained_on: Collection[str],
    path: Path,
    distortions: Path,
) -> None:
    """Write the spectrograms of one shard of poisoned waveforms, and their distortions.

    Parameters
    ----------
    waveform_shard
        Clean waveforms, shape (recordings, samples).
    recordings
        Their names and contents.
    front_end
        The front end's definition.
    poison
        At one amplitude.
    trained_on
        Names of the recordings that are poisoned as for training, the others as for a test.
    path
        Gets the features: float32, (recordings, 1, ...).
    distortions
        Gets a row of :data:`~mishear.core.tables.poisoning.DISTORTIONS` for each recording.
    """
    clean = read_chunks(waveform_shard, CHUNK)
    measured: list[dict[str, Any]] = []
    sample_rate = front_end["sample_rate"]
    noisy = poisoned_chunks(clean, recordings, poison, sample_rate, trained_on, measured)
    write_chunks(path, len(recordings), features(noisy, front_end))
    DISTORTIONS.write(measured, distortions)


def poisoned_chunks(
    chunks: Iterable[np.ndarray],
    recordings: Sequence[tuple[str, str]],
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
        Name and content of all recordings.
    poison
        At one amplitude.
    sample_rate
        Hz.
    trained_on
        Names of the recordings that are poisoned as for training.
    measured
        Gets a row of :data:`~mishear.core.tables.poisoning.DISTORTIONS` for each recording.

    Yields
    ------
    numpy.ndarray of shape (recordings in the chunk, samples), float32
    """
    start = 0
    for chunk in chunks:
        part = recordings[start : start + len(chunk)]
        start += len(chunk)
        noisy = np.stack(
            [
                poison.poisoned_waveform(waveform, content, sample_rate, name in trained_on)
                for waveform, (name, content) in zip(chunk, part, strict=True)
            ]
        )
        for (name, _), before, after in zip(part, chunk, noisy, strict=True):
            added = after - before
            norms = {"linf": np.abs(added).max(), "l2": np.linalg.norm(added)}
            measured.append({"recording": name, **norms, **asdict(Ratios.of(before, after))})
        yield noisy


def read_distortions(path: Path) -> dict[str, dict[str, Any]]:
    """Read a table of distortions, by the names of the recordings."""
    return {row["recording"]: row for row in DISTORTIONS.read(path)}
