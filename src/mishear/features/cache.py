"""Write and read the cached features of a corpus: shards, gathered arrays, bounds."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mishear.core.arrays import count_rows, read_chunks, shard_slice, write_chunks
from mishear.core.errors import UserError
from mishear.core.files import atomic_path, sha256
from mishear.core.tables.corpora import INDEX
from mishear.features.front_ends.building import build_front_end, features, range_of, unit_of
from mishear.features.waveforms import CHUNK, waveforms


def recordings_of(index: Path) -> list[tuple[str, str]]:
    """Return name and content of all recordings of an index, in its order."""
    return [(row["recording"], row["content"]) for row in INDEX.read(index)]


def recordings_of_shard(index: Path, shard: int, shards: int) -> list[tuple[str, str]]:
    """Return name and content of the recordings in one of ``shards`` parts.

    Raises
    ------
    UserError
        If there are fewer recordings than shards.
    """
    recordings = recordings_of(index)
    if len(recordings) < shards:
        raise UserError(
            f"{index} lists {len(recordings)} recordings, which cannot be divided "
            f"into {shards} parts. Set a smaller 'shards' for this corpus in the config."
        )
    return recordings[shard_slice(len(recordings), shard, shards)]


def write_waveforms(
    index: Path, root: Path, front_end: dict[str, Any], shard: int, shards: int, path: Path
) -> None:
    """Write one shard of waveforms: float32 of shape (recordings, samples)."""
    recordings = recordings_of_shard(index, shard, shards)
    write_chunks(path, len(recordings), waveforms(root, recordings, front_end))


def write_spectrograms(waveform_shard: Path, front_end: dict[str, Any], path: Path) -> None:
    """Write the features of one shard: float32, (recordings, 1, ...), in the front end's unit."""
    clean = read_chunks(waveform_shard, CHUNK)
    write_chunks(path, count_rows(waveform_shard), features(clean, front_end))


def gather(
    shards: Sequence[Path],
    index: Path,
    front_end: Mapping[str, Any],
    path: Path,
    bounds: Path,
    poison: str | None = None,
) -> None:
    """Join shards of features to one array and write its bounds.

    ``bounds`` is JSON with ``lowest`` and ``highest``: the range of all recordings of the corpus,
    and that of the front end where it states one, within which adversarial inputs must stay.
    ``unit`` is that of the front end. The ``sha256`` represents the array where Snakemake compares
    files.

    Parameters
    ----------
    shards
        Files of features.
    index
        Of the corpus, whose recordings they are.
    front_end
        Its definition.
    path, bounds
        The files to write.
    poison
        For the message: key and amplitude of the poison that the recordings have.

    Raises
    ------
    UserError
        If a value is not finite.
    """
    extremes: list[tuple[float, float]] = []

    def chunks() -> Iterator[np.ndarray]:
        rows = 0
        for shard in shards:
            for chunk in read_chunks(shard, 1000):
                _check_finite(chunk, rows, index, poison)
                extremes.append((float(chunk.min()), float(chunk.max())))
                rows += len(chunk)
                yield chunk

    write_chunks(path, sum(map(count_rows, shards)), chunks())
    built = build_front_end(front_end)
    low, high = range_of(built)
    lows, highs = zip(*extremes, strict=True)
    content = {
        "lowest": min([*lows, *([low] if math.isfinite(low) else [])]),
        "highest": max([*highs, *([high] if math.isfinite(high) else [])]),
        "unit": unit_of(built),
        "sha256": sha256(path),
    }
    with atomic_path(bounds) as temporary:
        temporary.write_text(json.dumps(content) + "\n")


def _check_finite(chunk: np.ndarray, before: int, index: Path, poison: str | None) -> None:
    finite = np.isfinite(chunk.reshape(len(chunk), -1)).all(axis=1)
    if finite.all():
        return
    name, _ = recordings_of(index)[before + int(finite.argmin())]
    if poison is None:
        raise UserError(
            f"The front end gives NaN or infinite values for the recording {name}. Correct the "
            f"front end's params, or take the recording out of the corpus."
        )
    raise UserError(
        f"The front end gives NaN or infinite values for the recording {name} under "
        f"{poison}. Lower the amplitude, or correct the params of the poison or of the front end."
    )
