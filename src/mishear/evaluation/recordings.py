"""The recordings that an evaluation, a shard of it, or a gallery is about."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mishear.core.arrays import RowsInShards, RowsOnDisk
from mishear.core.errors import UserError
from mishear.features.split import Division, check_rows


@dataclass(frozen=True)
class Recordings:
    """Labelled network inputs of some recordings of a corpus, read a batch at a time.

    Attributes
    ----------
    names : numpy.ndarray of shape (recordings,)
    rows : numpy.ndarray of shape (recordings,)
        Their rows in the corpus.
    read : callable
        Gives the inputs of some rows of the corpus, shape (rows, 1, ...).
    targets : numpy.ndarray of shape (recordings,)
        Numbers of the true classes.
    classes : list of str
        Labels in the order of the network's outputs.
    """

    names: np.ndarray
    rows: np.ndarray
    read: Callable[[np.ndarray], np.ndarray]
    targets: np.ndarray
    classes: list[str]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one input."""
        return self.inputs(slice(0, 1)).shape[1:]

    def where(self, wanted: np.ndarray) -> "Recordings":
        """Return some of the recordings, by a mask."""
        rows, targets = self.rows[wanted], self.targets[wanted]
        return replace(self, names=self.names[wanted], rows=rows, targets=targets)

    def inputs(self, part: slice = slice(None)) -> np.ndarray:
        """Read the inputs of a part of the recordings, (recordings, 1, ...)."""
        return self.read(self.rows[part])


def select(spectrograms: Path, division: Division, rows: np.ndarray) -> Recordings:
    """Select recordings of a corpus.

    Parameters
    ----------
    spectrograms
        ``.npy`` of the whole corpus.
    division
        Its labels.
    rows
        Which of its rows.
    """
    check_rows([spectrograms], division)
    read = RowsOnDisk(spectrograms).__getitem__
    return Recordings(
        division.recordings[rows], rows, read, division.class_indices[rows], division.classes
    )


def shard_rows(count: int, shard: int, shards: int, batch_size: int) -> slice:
    """Return the recordings of one of the jobs that divide an evaluation's batches among them.

    Parameters
    ----------
    count
        Recordings of the evaluation.
    shard
        Number of the job, from 0.
    shards
        How many jobs there are; if there are fewer batches, some have nothing to do.
    batch_size
        Recordings attacked at once.
    """
    batches = math.ceil(count / batch_size)
    first, last = shard * batches // shards, (shard + 1) * batches // shards
    return slice(first * batch_size, min(last * batch_size, count))


def rows_of_job(job: Any, division: Division) -> tuple[np.ndarray, int]:
    """Return the test recordings that one of the workflow's jobs evaluates.

    Parameters
    ----------
    job
        The ``snakemake`` that a script is given. Without the wildcards ``shard`` and ``shards``
        the job evaluates all test recordings, otherwise those of :func:`shard_rows`.
    division
        Labels and splits.

    Returns
    -------
    rows
        Rows of the corpus.
    first
        Position of the first of them in the test split.
    """
    test = division.rows("test")
    part = shard_rows(
        len(test),
        shard=int(getattr(job.wildcards, "shard", 0)),
        shards=int(getattr(job.wildcards, "shards", 1)),
        batch_size=job.params.batch_size,
    )
    return test[part], part.start


def gallery_rows(
    division: Division,
    recordings: int | Sequence[str],
    where: str = "report.gallery.recordings",
) -> np.ndarray:
    """Choose test recordings to be shown or checked.

    Parameters
    ----------
    division
        Labels and splits.
    recordings
        Their names, or how many: then of different classes, in the order of the classes.
    where
        Key in the config, for the message.

    Returns
    -------
    numpy.ndarray of int64
        Rows of the division.

    Raises
    ------
    UserError
        If a recording that is named does not belong to the test split.
    """
    return division.rows("test")[gallery_positions(division, recordings, where)]


def gallery_positions(
    division: Division,
    recordings: int | Sequence[str],
    where: str = "report.gallery.recordings",
) -> np.ndarray:
    """Choose test recordings, see :func:`gallery_rows`; return their positions in the split."""
    test = division.rows("test")
    if not isinstance(recordings, int):
        known = {name: place for place, name in enumerate(division.recordings[test].tolist())}
        for name in recordings:
            if name not in known:
                raise UserError(
                    f"{where}: '{name}' is not a test recording. Take one from results/splits "
                    f"whose split is test."
                )
        return np.array([known[name] for name in recordings])
    seen: dict[int, int] = {}
    rank = []
    for target in division.class_indices[test].tolist():
        seen[target] = seen.get(target, -1) + 1
        rank.append((seen[target], target))
    order = sorted(range(len(test)), key=rank.__getitem__)
    return np.array(order[:recordings])


def select_waveforms(shards: Sequence[Path], division: Division, rows: np.ndarray) -> Recordings:
    """Select recordings of a corpus as waveforms: their inputs are of shape (recordings, samples).

    Parameters
    ----------
    shards
        The ``.npy`` files of the whole corpus, in order.
    division
        Its labels.
    rows
        Which of its rows.
    """
    check_rows(shards, division)
    read = RowsInShards(shards, len(division.recordings)).__getitem__
    return Recordings(
        division.recordings[rows], rows, read, division.class_indices[rows], division.classes
    )
