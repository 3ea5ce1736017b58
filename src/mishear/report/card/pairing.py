"""The tables by recording of two studies, read where they can be paired."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mishear.core.card.parts import Card, Result, SplitOfCard, TableOfCard
from mishear.core.errors import UserError
from mishear.core.files import sha256
from mishear.evaluation.corrupted import severities_in
from mishear.evaluation.evaluated import Evaluated, pooled, same_recordings, stacked
from mishear.evaluation.results import Results, read_results
from mishear.evaluation.speakers import SpeakersOfTest, speakers_of_test
from mishear.features.split import Division, read_split
from mishear.report.card.data import hash_of_recordings


@dataclass(frozen=True)
class Study:
    """A card, and the folder that its paths are relative to."""

    card: Card
    folder: Path


@dataclass(frozen=True)
class Pair:
    """Two results on the same recordings.

    Attributes
    ----------
    first, second
        Of each victim, in the order of the seeds.
    speakers
        See :meth:`mishear.evaluation.speakers.SpeakersOfTest.clusters`.
    """

    first: Sequence[Evaluated]
    second: Sequence[Evaluated]
    speakers: np.ndarray | None

    def correct(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Return an array of both, of bool, shape (victims, recordings)."""
        return stacked(self.first, name), stacked(self.second, name)


class NotPaired(Exception):
    """Two results cannot be paired; the text says why.

    Parameters
    ----------
    cause
        The reason, alike for all results that it keeps from being paired.
    path
        The table that it is about; None for none.
    """

    def __init__(self, cause: str, path: Path | None = None) -> None:
        super().__init__(f"{cause}: {path}" if path else cause)
        self.cause, self.path = cause, path


def read_pair(first: tuple[Study, Result], second: tuple[Study, Result]) -> Pair:
    """Read the tables of two results.

    Raises
    ------
    NotPaired
        If they are not there, are no longer those of the cards, or are of other seeds or
        recordings.
    """
    results = first[1], second[1]
    if results[0].seeds != results[1].seeds:
        raise NotPaired("the seeds differ")
    victims = [_victims(study, result) for study, result in (first, second)]
    if not same_recordings([*victims[0], *victims[1]]):
        raise NotPaired("the recordings have other names")
    speakers = [_speakers(study, result.corpus) for study, result in (first, second)]
    clusters = [each.clusters(victims[0][0].names) if each else None for each in speakers]
    return Pair(*victims, clusters[0] if all(each is not None for each in clusters) else None)


def _victims(study: Study, result: Result) -> list[Evaluated]:
    read = [_evaluated(study, result, table) for table in result.tables]
    return sorted(pooled(read), key=lambda each: each.keys["seed"])


def _evaluated(study: Study, result: Result, table: TableOfCard) -> Evaluated:
    path = study.folder / table.path
    if not path.is_file():
        raise NotPaired("the table by recording does not exist", path)
    if sha256(path) != table.sha256:
        raise NotPaired("the table by recording has changed since the card was written", path)
    keys = {"seed": table.seed, "fold": table.fold, "evaluation": result.evaluation}
    return Evaluated.of(keys, _results(path, result))


def _results(path: Path, result: Result) -> Results:
    if result.corruption is None:
        return read_results(path, attacked=result.evaluation is not None)
    for keys, rows in severities_in(path):
        if keys["severity"] == result.severity:
            return Results(rows, attacked=False)
    raise NotPaired("the table by recording lacks a severity", path)


def _speakers(study: Study, corpus: str) -> SpeakersOfTest | None:
    """Return who is tested of a corpus; None where the split is no longer that of the card."""
    splits = [split for split in study.card.splits if split.corpus == corpus]
    divisions = [_division(study.folder / split.path, split) for split in splits]
    return None if None in divisions else speakers_of_test(divisions)


def _division(path: Path, split: SplitOfCard) -> Division | None:
    try:
        division = read_split(path)
    except UserError:
        return None
    rows = division.rows("test")
    labels, contents = division.labels[rows].tolist(), division.contents[rows].tolist()
    same = hash_of_recordings(zip(labels, contents, strict=True)) == split.test_sha256
    return division if same else None
