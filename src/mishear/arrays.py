"""Arrays on disk that are larger than memory: written in chunks, read by memory map."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from mishear.files import atomic_path


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


def in_chunks(array: np.ndarray, size: int) -> Iterable[np.ndarray]:
    """The rows of an array, ``size`` at a time."""
    for start in range(0, len(array), size):
        yield array[start : start + size]
