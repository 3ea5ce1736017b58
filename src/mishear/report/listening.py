"""What the report says of audio quality and recognition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mishear.core.statistics import Measured
from mishear.evaluation.measurements import first_measured, proportion, saved
from mishear.report.listening_page import title
from mishear.report.tables import ListeningTables

STAGES = {
    "clean": "clean input",
    "adversarial": "adversarial input",
    "round_trip": "clean, as sound",
    "inverted": "adversarial, as sound",
    "inverted_of_retained": "adversarial, as sound, of retained",
}
"""Titles of what was classified, by their names in ``inversions.csv``."""


@dataclass(frozen=True)
class Inversion:
    """An attack on the input, and what is left of it as sound.

    Attributes
    ----------
    accuracies
        By the titles of ``STAGES``.
    n, retained_n
        How many recordings there are, and how many the clean round trip leaves correct, mean over
        the seeds.
    """

    attack: str
    eps: float
    n: int
    retained_n: float
    accuracies: Mapping[str, Measured | None]


@dataclass(frozen=True)
class Recognition:
    """What a recogniser still recognises of some sounds; empty and None without a recogniser.

    Attributes
    ----------
    recognised
        Fraction of all recordings that are recognised.
    retained
        Fraction still recognised of the recordings that are recognised when clean.
    """

    recogniser: str
    recognised: Measured | None
    retained: Measured | None


@dataclass(frozen=True)
class Quality:
    """Medians over the recordings, as saved.

    Attributes
    ----------
    pesq_n
        How many recordings PESQ could measure.
    clipped
        Mean fraction of the samples that are cut to full scale.
    """

    snr_db: float
    si_sdr_db: float
    pesq: float
    pesq_n: int
    stoi: float
    clipped: float


@dataclass(frozen=True)
class WaveformAttack:
    """An attack on the waveform at one size: its effect on the victim and on others.

    Attributes
    ----------
    victim, saved
        Accuracy of the victim on the recordings before and after they are saved with 16 bits.
    """

    title: str
    n: int
    victim: Measured | None
    saved: Measured | None
    recognition: Recognition
    quality: Quality


@dataclass(frozen=True)
class PoisonedSound:
    """A poison at one amplitude.

    Attributes
    ----------
    unpoisoned, trained
        Accuracy of the victim without the poison in its training, and with the highest rate.
    """

    poison: str
    amplitude: float
    unpoisoned: Measured | None
    trained: Measured | None
    recognition: Recognition
    quality: Quality


@dataclass(frozen=True)
class ListeningSection:
    """What the report says of the sound of one corpus, front end and network.

    Attributes
    ----------
    recognised
        The fraction of the clean recordings that each recogniser recognises.
    halves
        Rows of ``snr_at_half_over_seeds.csv``.
    """

    recognised: Mapping[str, Measured]
    halves: Sequence[Any]
    inversions: Sequence[Inversion]
    attacks: Sequence[WaveformAttack]
    poisons: Sequence[PoisonedSound]


def listening_section(
    measurements: pd.DataFrame, tables: ListeningTables, reference: str | None
) -> ListeningSection:
    """Gather what the report says of sound.

    Parameters
    ----------
    measurements
        Rows of ``summary_over_seeds.csv``, attacks on the waveform included.
    tables
        Rows of the same setting.
    reference
        The training that stands for the study.
    """
    quality = tables.audio_quality
    undefended = (quality.recipe == reference) & (quality.defence == "none")
    sounds = quality[quality.recipe.isna() | undefended]
    victims = measurements[measurements.defence == "none"]
    return ListeningSection(
        recognised={
            row.recogniser: proportion(row, "recognised", "recognised", row.n)
            for row in sounds[sounds.kind == "clean"].itertuples()
            if pd.notna(row.recognised)
        },
        halves=[row for row in tables.halves.itertuples() if row.recipe == reference],
        inversions=[
            _inversion(row) for row in tables.inversions.itertuples() if row.recipe == reference
        ],
        attacks=[
            _attack(row, victims[victims.recipe == reference])
            for row in sounds[sounds.kind == "waveform"].itertuples()
        ],
        poisons=[
            _poison(row, victims, reference)
            for row in sounds[sounds.kind == "poisoned"].itertuples()
        ],
    )


def _inversion(row: Any) -> Inversion:
    return Inversion(
        attack=row.attack,
        eps=row.eps,
        n=int(row.n),
        retained_n=float(row.retained_n),
        accuracies={title: _accuracy(row, stage) for stage, title in STAGES.items()},
    )


def _accuracy(row: Any, name: str) -> Measured | None:
    n = row.retained_n if name == "inverted_of_retained" else row.n
    return proportion(row, f"{name}_accuracy", name, n)


def _recognition(row: Any) -> Recognition:
    return Recognition(
        recogniser=row.recogniser if pd.notna(row.recogniser) else "",
        recognised=proportion(row, "recognised", "recognised", row.n),
        retained=proportion(row, "retained", "retained", row.retained_n),
    )


def _quality(row: Any) -> Quality:
    return Quality(
        snr_db=row.median_snr_db,
        si_sdr_db=row.median_si_sdr_db,
        pesq=row.median_pesq,
        pesq_n=int(row.pesq_n),
        stoi=row.median_stoi,
        clipped=row.clipped,
    )


def _attack(row: Any, victims: pd.DataFrame) -> WaveformAttack:
    at = victims[(victims.attack == row.name) & (victims.eps == row.eps)]
    return WaveformAttack(
        title=title("waveform", row.name, row.eps, row.budget),
        n=int(row.n),
        victim=first_measured(at),
        saved=saved(next(at.itertuples())) if len(at) else None,
        recognition=_recognition(row),
        quality=_quality(row),
    )


def _poison(row: Any, victims: pd.DataFrame, reference: str | None) -> PoisonedSound:
    at = victims[(victims.attack == row.name) & (victims.eps == row.eps)]
    trained = at[at.poison.notna() & at.detector.isna()]
    trained = trained[trained.poisoning_rate == trained.poisoning_rate.max()]
    return PoisonedSound(
        poison=row.name,
        amplitude=row.eps,
        unpoisoned=first_measured(at[at.recipe == reference]),
        trained=first_measured(trained),
        recognition=_recognition(row),
        quality=_quality(row),
    )
