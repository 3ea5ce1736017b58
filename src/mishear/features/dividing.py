"""Divide recordings into train, validation and test (paper, "Input", item 3).

There are several ways: at random, by speaker, by take, as a file says, or not at all.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mishear.config.split import Split
from mishear.core.errors import UserError
from mishear.core.random_streams import stream
from mishear.core.tables.corpora import INDEX, SPLIT
from mishear.features.copies import joined
from mishear.features.split_file import SPLITS, read_split_file

log = logging.getLogger(__name__)

Rows = Sequence[Mapping[str, str]]
_SPLIT = "<U10"


def write_split(index: Path, split: Mapping[str, Any], fold: int | None, path: Path) -> None:
    """Divide the recordings of an index, see :data:`mishear.core.tables.corpora.SPLIT`.

    Parameters
    ----------
    index
        The table of the corpus's recordings.
    split
        Keys of the config's section, see :class:`mishear.config.split.Split`.
    fold
        The fold whose speakers are the test; None without folds.
    path
        Gets the table.
    """
    rows = INDEX.read(index)
    splits = divide(rows, Split(**split), fold)
    divided = ({**row, "split": name} for row, name in zip(rows, splits.tolist(), strict=True))
    SPLIT.write(divided, path)


def divide(rows: Rows, split: Split, fold: int | None = None) -> np.ndarray:
    """Assign each recording to a split; copies of a recording are all assigned to the same.

    A file is taken as it is, copies included.

    Parameters
    ----------
    rows
        Rows of :data:`mishear.core.tables.corpora.INDEX`.
    split
        The config's section; ``folds`` must be a number.
    fold
        The fold whose speakers are the test, from 0; None without folds.

    Returns
    -------
    numpy.ndarray of shape (recordings,), text
        Empty for recordings that are used for nothing.

    Raises
    ------
    UserError
        If there are too few speakers, recordings or takes for three splits, if a split cannot have
        all classes, or if a file names recordings that are not there.
    """
    if fold is not None:
        return _by_fold(rows, split, fold)
    return _WAYS[split.by](rows, split)


def _at_random(rows: Rows, split: Split) -> np.ndarray:
    return _of_classes(rows, SPLITS, [split.train, split.validation, split.test], split.seed)


def _by_speaker(rows: Rows, split: Split) -> np.ndarray:
    voices = _voices(rows)
    order = stream(split.seed, "split").permutation(sorted(set(voices)))
    sizes = _sizes(len(order), [split.train, split.validation, split.test], SPLITS, "speakers")
    of_voice = dict(zip(order.tolist(), np.repeat(SPLITS, sizes).tolist(), strict=True))
    assigned = np.array([of_voice[voice] for voice in voices], dtype=_SPLIT)
    _check_classes(rows, assigned, SPLITS, "split.by: speaker", "Set another split.seed")
    return assigned


def _by_fold(rows: Rows, split: Split, fold: int) -> np.ndarray:
    """Test the speakers of one fold; all folds together test every speaker once."""
    voices = _voices(rows)
    order = stream(split.seed, "folds").permutation(sorted(set(voices)))
    if len(order) < max(split.folds, 3):
        raise UserError(
            f"split.folds: {len(order)} speakers cannot be divided into {split.folds} folds"
            f"{'' if len(order) < split.folds else ' with speakers left to validate on'}. Set at "
            f"most as many folds as there are speakers, of whom at least 3 are needed."
        )
    tested = np.array_split(order, split.folds)[fold].tolist()
    others = stream(split.seed, "validation", str(fold)).permutation(np.setdiff1d(order, tested))
    what = f"speakers outside fold {fold}"
    sizes = _sizes(len(others), _without_test(split), SPLITS[:2], what)
    of_voice = dict(zip(others.tolist(), np.repeat(SPLITS[:2], sizes).tolist(), strict=True))
    assigned = np.array([of_voice.get(voice, "test") for voice in voices], dtype=_SPLIT)
    _check_classes(rows, assigned, SPLITS[:1], f"fold {fold} of split.folds", "Set more folds")
    return assigned


def _by_take(rows: Rows, split: Split) -> np.ndarray:
    tested = {row["content"] for row in rows if split.is_test_take(row["take"])}
    if not tested:
        known = ", ".join(sorted({row["take"] for row in rows}, key=lambda take: (len(take), take)))
        raise UserError(
            f"split.test_takes: no recording is one of the takes {', '.join(split.test_takes)}. "
            f"Takes that there are: {known or 'none'}."
        )
    # A copy of a test recording is in the test, whichever take it is.
    is_rest = np.array([row["content"] not in tested for row in rows])
    assigned = np.full(len(rows), "test", dtype=_SPLIT)
    rest = [row for row, wanted in zip(rows, is_rest.tolist(), strict=True) if wanted]
    where = " outside split.test_takes"
    assigned[is_rest] = _of_classes(rest, SPLITS[:2], _without_test(split), split.seed, where)
    _check_classes(rows, assigned, SPLITS[:2], "split.test_takes", "Leave takes for it")
    return assigned


def _by_file(rows: Rows, split: Split) -> np.ndarray:
    given = read_split_file(split.file)
    names = [row["recording"] for row in rows]
    unknown = [name for name in given if name not in set(names)]
    if unknown:
        raise UserError(
            f"split.file: {split.file} names {len(unknown)} recordings that are not usable "
            f"recordings of the corpus, the first '{unknown[0]}'. Write them as in its index.csv, "
            f"such as '{names[0]}'; rejected.csv beside it says why others cannot be used."
        )
    if len(given) < len(names):
        log.warning("%d recordings are not in %s: left out", len(names) - len(given), split.file)
    assigned = np.array([given.get(name, "") for name in names], dtype=_SPLIT)
    if "train" in given.values():
        _check_classes(rows, assigned, SPLITS[:1], f"split.file: {split.file}", "Give it one")
    return assigned


def _all(rows: Rows, split: Split) -> np.ndarray:
    return np.full(len(rows), "test", dtype=_SPLIT)


_WAYS: Mapping[str, Callable[[Rows, Split], np.ndarray]] = {
    "random": _at_random,
    "speaker": _by_speaker,
    "take": _by_take,
    "file": _by_file,
    "all": _all,
}


def _column(rows: Rows, name: str) -> list[str]:
    return [row[name] for row in rows]


def _voices(rows: Rows) -> list[str]:
    """Return the speaker of each recording, by a content: names of speakers change no split."""
    return joined(_column(rows, "speaker"), _column(rows, "content")).tolist()


def _of_classes(
    rows: Rows, splits: Sequence[str], shares: Sequence[float], seed: int, where: str = ""
) -> np.ndarray:
    """Divide the recordings of each class at random; copies are in the same split."""
    random = stream(seed, "split")
    # A recording with two labels is divided with the first of its classes.
    label_of: dict[str, str] = {}
    for label, content in sorted((row["label"], row["content"]) for row in rows):
        label_of.setdefault(content, label)
    assigned: dict[str, str] = {}
    for label in sorted(set(_column(rows, "label"))):
        distinct = [content for content, own in label_of.items() if own == label]
        order = random.permutation(distinct).tolist()
        sizes = _sizes(len(order), shares, splits, f"recordings of class '{label}'{where}")
        assigned |= zip(order, np.repeat(splits, sizes).tolist(), strict=True)
    return np.array([assigned[row["content"]] for row in rows], dtype=_SPLIT)


def _without_test(split: Split) -> list[float]:
    """Return the shares of train and validation where the test is given."""
    rest = split.train + split.validation
    return [split.train / rest, split.validation / rest]


def _sizes(count: int, shares: Sequence[float], splits: Sequence[str], what: str) -> list[int]:
    """Round to whole numbers, at least one each, with sum ``count`` (largest remainder)."""
    if count < len(shares):
        raise UserError(
            f"split: {count} {what} cannot be divided into {', '.join(splits)}; at least "
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


def _check_classes(
    rows: Rows, assigned: np.ndarray, splits: Sequence[str], where: str, remedy: str
) -> None:
    labels = np.array(_column(rows, "label"))
    for split in splits:
        missing = set(labels.tolist()) - set(labels[assigned == split].tolist())
        if missing:
            raise UserError(
                f"{where} leaves no recording of class '{min(missing)}' in {split}. {remedy}, or "
                f"divide in another way (split.by)."
            )
