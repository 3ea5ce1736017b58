"""Read how the recordings of a corpus are divided into train, validation and test."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mishear.core.arrays import count_rows
from mishear.core.errors import UserError
from mishear.core.tables.corpora import SPLIT


@dataclass(frozen=True)
class Division:
    """Every recording of a corpus, in the order of its index, with its split.

    Attributes
    ----------
    recordings, labels, speakers, splits
        Arrays of text of shape (recordings,). The split of a recording that is used for nothing is
        empty.
    contents
        Hashes of the audio, of the same shape: what is random about a recording is drawn from
        its content.
    """

    recordings: np.ndarray
    labels: np.ndarray
    speakers: np.ndarray
    splits: np.ndarray
    contents: np.ndarray

    @property
    def classes(self) -> list[str]:
        """The labels in the order of the network's outputs."""
        return sorted(set(self.labels.tolist()))

    @property
    def class_indices(self) -> np.ndarray:
        """Number of the class of each recording, shape (recordings,), int64."""
        return np.searchsorted(self.classes, self.labels)

    def rows(self, split: str) -> np.ndarray:
        """Return the row numbers of the recordings in a split."""
        return np.flatnonzero(self.splits == split)


def check_rows(arrays: Sequence[Path], division: Division) -> None:
    """Check that an array, of one or several files, has a row for each recording of a corpus.

    Raises
    ------
    UserError
        If it has more or fewer: its rows would be taken for those of other recordings.
    """
    count, expected = sum(map(count_rows, arrays)), len(division.recordings)
    if count != expected:
        raise UserError(
            f"{', '.join(map(str, arrays))}: {count} recordings are there, and {expected} in the "
            f"split of the corpus. One of these files was cut. Delete both and run again."
        )


def read_split(path: Path) -> Division:
    """Read what :func:`mishear.features.dividing.write_split` wrote."""
    rows = SPLIT.read(path)
    columns = {name: np.array([row[name] for row in rows]) for name in SPLIT.names}
    return Division(
        recordings=columns["recording"],
        labels=columns["label"],
        speakers=columns["speaker"],
        splits=columns["split"],
        contents=columns["content"],
    )
