"""Divide recordings into train, validation and test (paper, "Input", item 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mishear.core.errors import UserError
from mishear.core.random_streams import stream
from mishear.core.tables.corpora import INDEX, SPLIT
from mishear.features.copies import joined

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Division:
    """Every recording of a corpus, in the order of its index, with its split.

    Attributes
    ----------
    recordings, labels, speakers, splits
        Arrays of text of shape (recordings,).
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


def divide(
    labels: Sequence[str],
    speakers: Sequence[str],
    contents: Sequence[str],
    split: dict[str, Any],
) -> np.ndarray:
    """Assign each recording to a split; copies of a recording are all assigned to the same.

    Parameters
    ----------
    labels, speakers, contents
        Label, speaker and content of each recording.
    split
        The config's section: ``by``, the three shares and ``seed``.

    Returns
    -------
    numpy.ndarray of shape (recordings,), text

    Raises
    ------
    UserError
        If there are too few speakers, or too few recordings of a class, for three splits, or if
        a split by speaker leaves a class out of a split.
    """
    shares = [split[name] for name in SPLITS]
    random = stream(split["seed"], "split")
    if split["by"] == "random":
        return _divided(labels, contents, shares, random)
    # In the order of their contents: what speakers are called must not matter either.
    voices = joined(speakers, contents)
    order = random.permutation(sorted(set(voices.tolist())))
    sizes = _sizes(len(order), shares, "speakers")
    of_voice = dict(zip(order.tolist(), np.repeat(SPLITS, sizes).tolist(), strict=True))
    assigned = np.array([of_voice[voice] for voice in voices.tolist()])
    _check_classes(np.asarray(labels), assigned)
    return assigned


def _divided(
    labels: Sequence[str],
    contents: Sequence[str],
    shares: Sequence[float],
    random: np.random.Generator,
) -> np.ndarray:
    """Divide the recordings of each class at random."""
    # A recording with two labels is divided with the first of its classes.
    label_of: dict[str, str] = {}
    for label, content in sorted(zip(labels, contents, strict=True)):
        label_of.setdefault(content, label)
    assigned: dict[str, str] = {}
    for label in sorted(set(labels)):
        distinct = [content for content, own in label_of.items() if own == label]
        order = random.permutation(distinct).tolist()
        sizes = _sizes(len(order), shares, f"recordings of class '{label}'")
        assigned |= zip(order, np.repeat(SPLITS, sizes).tolist(), strict=True)
    return np.array([assigned[content] for content in contents])


def _sizes(count: int, shares: Sequence[float], what: str) -> list[int]:
    """Round to whole numbers, at least one each, with sum ``count`` (largest remainder)."""
    if count < len(shares):
        raise UserError(
            f"split: {count} {what} cannot be divided into {', '.join(SPLITS)}; at least "
            f"{len(shares)} are needed."
        )
    exact = np.asarray(shares) * count
    sizes = np.floor(exact + 1e-9).astype(int)
    order = np.argsort(-(exact - sizes), kind="stable")
    sizes[order[: count - sizes.sum()]] += 1
    while (empty := np.flatnonzero(sizes == 0)).size:
        sizes[empty[0]] += 1
        sizes[np.argmax(sizes)] -= 1
    return sizes.tolist()


def _check_classes(labels: np.ndarray, splits: np.ndarray) -> None:
    for split in SPLITS:
        missing = set(labels.tolist()) - set(labels[splits == split].tolist())
        if missing:
            raise UserError(
                f"split.by: speaker leaves no recording of class '{min(missing)}' in {split}. "
                f"Set another split.seed, other shares, or split.by: random."
            )


def write_split(index: Path, split: dict[str, Any], path: Path) -> None:
    """Divide the recordings of an index, see :data:`mishear.core.tables.corpora.SPLIT`."""
    rows = INDEX.read(index)
    columns = ([row[name] for row in rows] for name in ("label", "speaker", "content"))
    splits = divide(*columns, split)
    divided = ({**row, "split": name} for row, name in zip(rows, splits.tolist(), strict=True))
    SPLIT.write(divided, path)


def read_split(path: Path) -> Division:
    """Read what :func:`write_split` wrote."""
    rows = SPLIT.read(path)
    columns = {name: np.array([row[name] for row in rows]) for name in SPLIT.names}
    return Division(
        recordings=columns["recording"],
        labels=columns["label"],
        speakers=columns["speaker"],
        splits=columns["split"],
        contents=columns["content"],
    )
