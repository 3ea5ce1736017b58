"""The paper's example of poisoning: one recording of "one", clean and with noise.

The paper says that the poisoned recording sounds the same, looks different as a spectrogram, and is
recognised as "One" in both forms. It does not give the amplitude of the noise. Here it is judged at
every amplitude, and above all at the one where this run's accuracy is closest to the paper's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mishear.core.statistics import Measured
from mishear.evaluation.measurements import first_measured
from mishear.features.split import Division
from mishear.paper.claims import FALLS, IN_PART, NOT_MEASURED, STANDS, Judgement, Verdict
from mishear.paper.example_claims import Rows, other_picture, same_sound, still_recognised
from mishear.paper.printed import POISONING

ONE = ("1", "one")
"""How corpora label the word of the example."""


@dataclass(frozen=True)
class Evidence:
    """The recording of the example and its test split, clean and at each amplitude.

    Attributes
    ----------
    recording, label
        Its name and class.
    quality
        Rows of :mod:`mishear.listening.quality` for all test recordings, by amplitude.
    transcripts
        Rows of :mod:`mishear.listening.recognisers` for all test recordings, by recogniser and
        amplitude. The amplitude of clean recordings is None.
    spectrograms
        Of the recording, by amplitude; shape (n_mels, frames), dB.
    """

    recording: str
    label: str
    quality: Mapping[float, Rows]
    transcripts: Mapping[str, Mapping[float | None, Rows]]
    spectrograms: Mapping[float | None, np.ndarray]


@dataclass(frozen=True)
class AtAmplitude:
    """The paper's example with noise of one amplitude.

    Attributes
    ----------
    amplitude
        Fraction of full scale.
    unpoisoned, trained
        Accuracy on recordings with this noise: of victims trained without it, and of those trained
        with the highest rate of it. None where there are none.
    verdicts
        On each of :data:`mishear.paper.example_claims.CLAIMS`, in their order.
    """

    amplitude: float
    unpoisoned: Measured | None
    trained: Measured | None
    verdicts: Sequence[Verdict]

    @property
    def verdict(self) -> Judgement:
        """The whole: it stands if every part does, and does not stand if one part does not."""
        found = [part.verdict for part in self.verdicts]
        return next((each for each in (FALLS, NOT_MEASURED, IN_PART) if each in found), STANDS)


@dataclass(frozen=True)
class Example:
    """The paper's example judged at each amplitude, and the verdict in sentences."""

    rows: Sequence[AtAmplitude]
    verdict: str


def recording_of_one(division: Division) -> int:
    """Return the row of the first test recording of the word "one", or else of the first class.

    Classes without test recordings do not count.
    """
    test = division.rows("test")
    tested = sorted(set(division.labels[test].tolist()))
    label = next((label for label in tested if label.lower() in ONE), tested[0])
    return int(test[division.labels[test] == label][0])


def describe(division: Division, row: int) -> str:
    """Return the name and class of a recording; says so if the class is not the example's word."""
    label = division.labels[row]
    ending = "" if label.lower() in ONE else '; "one" is not among the test recordings'
    return f"{division.recordings[row]} (class {label}{ending})"


def paper_example(table: pd.DataFrame, reference: str, evidence: Evidence) -> Example:
    """Judge whether the recording of "one" sounds the same, looks different and stays recognised.

    Parameters
    ----------
    table
        Rows of ``summary_over_seeds.csv`` for one recipe of uniform
        noise, on its own recordings without a defence.
    reference
        The training without poison.
    evidence
        The recording at each amplitude.
    """
    poisoned = table[table.poison.notna()]
    poisoned = poisoned[poisoned.poisoning_rate == poisoned.poisoning_rate.max()]
    standard = table[table.recipe == reference]
    rows = [
        AtAmplitude(
            amplitude,
            first_measured(standard[standard.eps == amplitude]),
            first_measured(poisoned[poisoned.eps == amplitude]),
            _verdicts(amplitude, evidence),
        )
        for amplitude in sorted(evidence.quality)
    ]
    return Example(rows, " ".join(_sentences(rows)))


def _verdicts(amplitude: float, evidence: Evidence) -> list[Verdict]:
    transcripts = {
        name: (rows[None], rows[amplitude]) for name, rows in evidence.transcripts.items()
    }
    return [
        same_sound(evidence.quality[amplitude], evidence.recording),
        other_picture(evidence.spectrograms[None], evidence.spectrograms[amplitude]),
        still_recognised(transcripts, evidence.recording, evidence.label),
    ]


def _sentences(rows: Sequence[AtAmplitude]) -> Iterator[str]:
    """Yield the verdict at the amplitude closest to the paper's number, for each kind of victim."""
    for kind, description in (
        ("trained", "trained and tested on noise"),
        ("unpoisoned", "trained without noise"),
    ):
        known = [(row, getattr(row, kind)) for row in rows if getattr(row, kind)]
        if known:
            row, found = min(known, key=lambda pair: abs(pair[1].accuracy - POISONING.accuracy))
            fits = found.low <= POISONING.accuracy <= found.high
            yield (
                f"The accuracy of a victim {description} is closest to the paper's "
                f"{POISONING.accuracy:.2f} at amplitude {row.amplitude:g} ({found.accuracy:.3f}, "
                f"95 % interval {found.low:.3f} to {found.high:.3f}"
                f"{'' if fits else ': no amplitude that was run reproduces it'}). At that "
                f"amplitude the paper's example {row.verdict}."
            )
