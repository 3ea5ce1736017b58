"""Arrays on disk that are larger than memory: written in chunks, read likewise."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mishear.core.files import atomic_path


def write_chunks(path: Path, count: int, chunks: Iterable[np.ndarray]) -> None:
    """Write chunks of rows one after the other as one ``.npy`` file.

    Parameters
    ----------
    path
        The file.
    count
        How many rows there will be in all.
    chunks
        Arrays of shape (rows, ...), alike but for the number of rows.

    Raises
    ------
    ValueError
        If the chunks do not add up to ``count`` rows.
    """
    written = 0
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        for chunk in chunks:
            if not written:
                shape = (count, *chunk.shape[1:])
                header = {"descr": chunk.dtype.str, "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_1_0(file, header)
            file.write(np.ascontiguousarray(chunk).data)
            written += len(chunk)
        if written != count or not count:
            raise ValueError(f"{path}: {written} rows instead of {count}")


@dataclass(frozen=True)
class RowsOnDisk:
    """The rows of a ``.npy`` file, read when they are asked for.

    Each reading has a memory map of its own, because what was read of a map stays in memory for as
    long as the map is there.
    """

    path: Path

    def __getitem__(self, rows: np.ndarray | slice) -> np.ndarray:
        return np.load(self.path, mmap_mode="r")[rows]


def shard_slice(count: int, shard: int, shards: int) -> slice:
    """Return the rows of one of ``shards`` consecutive parts of ``count`` rows."""
    return slice(count * shard // shards, count * (shard + 1) // shards)


@dataclass(frozen=True)
class RowsInShards:
    """The rows of an array that is kept in consecutive shards, read when they are asked for.

    Attributes
    ----------
    shards
        Their ``.npy`` files.
    count
        Rows of all of them.
    """

    shards: Sequence[Path]
    count: int

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        if len(rows) and not 0 <= rows.min() <= rows.max() < self.count:
            raise IndexError(f"rows {rows.min()} to {rows.max()} of {self.count}")
        form = np.load(self.shards[0], mmap_mode="r")
        found = np.empty((len(rows), *form.shape[1:]), form.dtype)
        for number, shard in enumerate(self.shards):
            place = shard_slice(self.count, number, len(self.shards))
            here = np.flatnonzero((rows >= place.start) & (rows < place.stop))
            if len(here):
                found[here] = RowsOnDisk(shard)[rows[here] - place.start]
        return found


def read_chunks(path: Path, size: int) -> Iterator[np.ndarray]:
    """Yield the rows of a ``.npy`` file, ``size`` at a time."""
    rows = RowsOnDisk(path)
    for start in range(0, count_rows(path), size):
        yield rows[start : start + size]


def count_rows(path: Path) -> int:
    """Return how many rows the array of a ``.npy`` file has."""
    return len(np.load(path, mmap_mode="r"))
