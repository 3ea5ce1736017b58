"""Audio quality, recognition and inversions over the seeds of a recipe."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mishear.core.errors import UserError
from mishear.core.tables.base import Described, grouped
from mishear.core.tables.listening import INVERTED, QUALITY, TRANSCRIPTS
from mishear.core.tables.listening_over_seeds import AUDIO_QUALITY_OVER_SEEDS, INVERSIONS_OVER_SEEDS
from mishear.evaluation.differences import difference
from mishear.evaluation.over_seeds import mean_of_known, proportion_over_seeds
from mishear.evaluation.results import correct
from mishear.evaluation.speakers import SpeakersOfTest
from mishear.listening.tables import (
    INVERSION_STAGES,
    MeasuredSound,
    Rows,
    summarise_audio_quality,
)

MEANS = ("median_snr_db", "median_si_sdr_db", "median_pesq", "median_stoi", "clipped")
"""Numbers of each sound of which the mean over the seeds is given."""
FEWEST = ("pesq_n", "stoi_n")
"""Numbers of recordings of which the lowest of a seed is given."""


@dataclass(frozen=True)
class _Read:
    """Rows of a file, one for each recording in the order of their names, and their keys."""

    keys: Mapping[str, Any]
    rows: Rows

    @classmethod
    def of(cls, keys: Mapping[str, Any], rows: Rows) -> "_Read":
        return cls(keys, sorted(rows, key=lambda row: row["recording"]))

    @property
    def names(self) -> list[str]:
        return [row["recording"] for row in self.rows]


def audio_quality_over_seeds(
    sounds: Sequence[MeasuredSound], speakers: Mapping[str, SpeakersOfTest]
) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.listening_over_seeds.AUDIO_QUALITY_OVER_SEEDS`.

    Parameters
    ----------
    sounds
        Among them the clean one of every corpus and front end.
    speakers
        Of each corpus.

    Raises
    ------
    UserError
        If the files of a sound are not about the same recordings.
    """
    clean = {sound.of_clean: sound for sound in sounds if sound.keys["kind"] == "clean"}
    for keys, members in grouped(sounds, AUDIO_QUALITY_OVER_SEEDS.before("recogniser")):
        quality = [_Read.of(each.keys, QUALITY.read(each.quality)) for each in members]
        names = _names(quality, "results/audio")
        clusters = speakers[keys["corpus"]].clusters(names)
        of_clean = clean[members[0].of_clean].transcripts
        for recogniser in members[0].transcripts:
            heard = [
                _Read.of(each.keys, TRANSCRIPTS.read(each.transcripts[recogniser]))
                for each in members
            ]
            recognisable = _Read.of(keys, TRANSCRIPTS.read(of_clean[recogniser]))
            _names([quality[0], *heard, recognisable], "results/audio")
            yield keys | _heard(recogniser, quality, heard, recognisable, clusters)
        if not members[0].transcripts:
            yield keys | _heard("", quality, [], _Read({}, []), clusters)


def _heard(
    recogniser: str,
    quality: Sequence[_Read],
    heard: Sequence[_Read],
    recognisable: _Read,
    speakers: np.ndarray | None,
) -> dict[str, Any]:
    """Summarise the sounds of several seeds, and what one recogniser recognises of them."""
    transcripts = [each.rows for each in heard] or [[] for _ in quality]
    of_each = [
        summarise_audio_quality(each.keys, each.rows, recogniser, rows, recognisable.rows)
        for each, rows in zip(quality, transcripts, strict=True)
    ]
    hits = np.array([correct(rows, "recognised_as") for rows in transcripts], dtype=bool)
    tried = np.array([correct(recognisable.rows, "recognised_as")] * len(hits), dtype=bool)
    is_compared = bool(heard) and quality[0].keys["kind"] != "clean"
    return {
        "recogniser": recogniser,
        "n": of_each[0]["n"],
        "seeds": len(of_each),
        **proportion_over_seeds("recognised", "recognised", hits, np.ones_like(hits), speakers),
        **proportion_over_seeds("retained", "retained", hits, tried, speakers),
        "retained_n": of_each[0]["retained_n"],
        **difference(hits, tried if is_compared else None, speakers),
        **{name: mean_of_known([each[name] for each in of_each]) for name in MEANS},
        **{name: min(each[name] for each in of_each) for name in FEWEST},
    }


def inversions_over_seeds(
    inversions: Iterable[Described], speakers: Mapping[str, SpeakersOfTest]
) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.listening_over_seeds.INVERSIONS_OVER_SEEDS`.

    Parameters
    ----------
    inversions
        Files of :data:`mishear.core.tables.listening.INVERTED`, with their victim, attack and eps.
        A study that listens has no folds.
    speakers
        Of each corpus.

    Raises
    ------
    UserError
        If the victims of a recipe were tested on different recordings.
    """
    for keys, members in grouped(inversions, INVERSIONS_OVER_SEEDS.before("n")):
        victims = [_Read.of(each.keys, INVERTED.read(each.file)) for each in members]
        names = _names(victims, "results/inversions")
        yield keys | _inverted(victims, speakers[keys["corpus"]].clusters(names))


def _inverted(victims: Sequence[_Read], speakers: np.ndarray | None) -> dict[str, Any]:
    by_stage = {
        stage: np.array([correct(victim.rows, column) for victim in victims])
        for stage, column in INVERSION_STAGES.items()
    }
    retained, inverted = by_stage["round_trip"], by_stage["inverted"].copy()
    for stage in ("adversarial", "inverted"):
        by_stage[stage] &= by_stage["clean"]
    broken = by_stage["clean"] & ~by_stage["adversarial"] & retained
    everything = np.ones_like(retained)
    numbers: dict[str, Any] = {"n": retained.shape[1], "seeds": len(victims)}
    for stage, right in by_stage.items():
        numbers |= proportion_over_seeds(f"{stage}_accuracy", stage, right, everything, speakers)
    of_retained = "inverted_of_retained"
    numbers |= proportion_over_seeds(
        f"{of_retained}_accuracy", of_retained, inverted, retained, speakers
    )
    numbers["retained_n"] = float(retained.sum(1).mean())
    name, stem = "inverted_success_rate", "inverted_success"
    return numbers | proportion_over_seeds(name, stem, ~inverted, broken, speakers)


def _names(read: Sequence[_Read], folder: str) -> list[str]:
    """Return the recordings that some files in a folder are all about."""
    if any(each.names != read[0].names for each in read):
        corpus = read[0].keys["corpus"]
        raise UserError(
            f"Files in {folder} are not all about the same recordings of {corpus}. Delete those of "
            f"{corpus} and run again."
        )
    return read[0].names
