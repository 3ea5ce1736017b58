"""The paper's example of poisoning: one recording of "one", clean and with noise.

It is said to sound the same, to look different as a spectrogram, and to be recognised as "One" in
both forms. The paper does not give the amplitude of its noise; here it is the one at which this
run's accuracy is nearest to the paper's.
"""

import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mishear.core.statistics import Measured, wilson_interval
from mishear.evaluation.measurements import first_measured
from mishear.evaluation.results import correct
from mishear.features.split import Division
from mishear.paper.claims import FALLS, IN_PART, NOT_MEASURED, STANDS, Claim, Judgement, Verdict
from mishear.paper.comparison import POISONING

Rows = Sequence[Mapping[str, Any]]

ONE = ("1", "one")
"""How corpora label the word of the example."""

SAME_SOUND = Claim("The poisoned recording sounds the same.", POISONING.place)
OTHER_PICTURE = Claim("It differs as a spectrogram.", POISONING.place)
STILL_ONE = Claim('It is recognised as "One" in both forms.', POISONING.place)
CLAIMS = (SAME_SOUND, OTHER_PICTURE, STILL_ONE)

DEGRADATION = (
    (4.5, "inaudible"),
    (3.5, "audible but not annoying"),
    (2.5, "slightly annoying"),
    (1.5, "annoying"),
    (-math.inf, "very annoying"),
)
"""The lowest score of each category of ITU-T P.800's degradation scale, 5 to 1, with scores rounded
to the nearest category. PESQ predicts opinions on P.800's scale of quality, 1 to 5, and ends at
4.64 where nothing was changed (P.862.2), so a recording without audible change is 4.5 and more."""

DRAWN_STEP = 0.05
"""Share of the drawn range of levels from which on a point's colour is seen to differ: 13 of the
256 colours of a colour map."""
DRAWN_MOST, DRAWN_SOME = 0.5, 0.05
"""Shares of the points of a spectrogram that differ so: most of it, or a visible part."""


@dataclass(frozen=True)
class Evidence:
    """The recording of the example, and the test it is from, clean and at each amplitude.

    Attributes
    ----------
    recording, label
        Its name and class.
    quality
        For each amplitude the rows of :mod:`mishear.listening.quality`, of the whole test.
    transcripts
        For each recogniser and each amplitude, None for clean, the rows of
        :mod:`mishear.listening.recognisers`, of the whole test.
    spectrograms
        Of the recording at each amplitude, None for clean; shape (n_mels, frames), dB.
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
        Accuracy on recordings with this noise of victims trained without it, and of those with the
        largest share of it in their training; None where there are none.
    verdicts
        On each part of what the paper says, in the order of ``CLAIMS``.
    """

    amplitude: float
    unpoisoned: Measured | None
    trained: Measured | None
    verdicts: Sequence[Verdict]

    @property
    def verdict(self) -> Judgement:
        """On the whole: it stands if every part does, and does not if one part does not."""
        found = [part.verdict for part in self.verdicts]
        return next((each for each in (FALLS, NOT_MEASURED, IN_PART) if each in found), STANDS)


@dataclass(frozen=True)
class Example:
    """What is left of the paper's example: at each amplitude, and in sentences."""

    rows: Sequence[AtAmplitude]
    verdict: str


def recording_of_one(division: Division) -> int:
    """The row of the first test recording of the word "one", or else of the first class."""
    names = [label for label in division.classes if label.lower() in ONE]
    label = names[0] if names else division.classes[0]
    test = division.rows("test")
    return int(test[division.labels[test] == label][0])


def describe(division: Division, row: int) -> str:
    """The name and class of a recording; says so if it is not the word of the paper's example."""
    label = division.labels[row]
    ending = "" if label.lower() in ONE else '; there is no class "one"'
    return f"{division.recordings[row]} (class {label}{ending})"


def paper_example(table: pd.DataFrame, reference: str, evidence: Evidence) -> Example:
    """The paper's recording of "one": does it sound the same, look different, stay recognised?

    Parameters
    ----------
    table
        Rows of :func:`mishear.evaluation.measurements.over_seeds` for one recipe of uniform
        noise, tried on its recordings without a defence.
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
    """The whole verdict at the amplitude that fits the paper's figure, for each kind of victim."""
    for kind, who in (
        ("trained", "trained and tested on noise"),
        ("unpoisoned", "trained without noise"),
    ):
        known = [(row, getattr(row, kind)) for row in rows if getattr(row, kind)]
        if known:
            row, found = min(known, key=lambda pair: abs(pair[1].accuracy - POISONING.accuracy))
            fits = found.low <= POISONING.accuracy <= found.high
            yield (
                f"The accuracy of a victim {who} is nearest to the paper's "
                f"{POISONING.accuracy:.2f} at amplitude {row.amplitude:g} ({found.accuracy:.3f}, "
                f"95 % interval {found.low:.3f} to {found.high:.3f}"
                f"{'' if fits else ': no amplitude that was run gives it'}); there what the paper "
                f"says {row.verdict}."
            )


def same_sound(quality: Rows, recording: str) -> Verdict:
    """Whether a change is not heard: ``DEGRADATION`` of the recording's PESQ.

    It stands where the change is inaudible, and in part where it is not annoying.

    Parameters
    ----------
    quality
        Of every test recording.
    recording
        The name of the one judged.
    """
    row = _of(quality, recording)
    numbers = "; ".join(
        _beside_median(quality, row, column, title, form)
        for column, title, form in (
            ("snr_db", "SNR", "{:.0f} dB"),
            ("pesq", "PESQ", "{:.2f}"),
            ("stoi", "STOI", "{:.2f}"),
        )
    )
    if row["pesq"] is None:
        return Verdict(SAME_SOUND, NOT_MEASURED, f"{numbers}. {row['note']}".strip())
    score = row["pesq"]
    words = degradation(score)
    judgement = {DEGRADATION[0][1]: STANDS, DEGRADATION[1][1]: IN_PART}.get(words, FALLS)
    return Verdict(
        SAME_SOUND,
        judgement,
        f"{numbers}. By PESQ the change is {words}.",
    )


def degradation(score: float) -> str:
    """The category of P.800's degradation scale that a PESQ score is in."""
    return next(words for lowest, words in DEGRADATION if score >= lowest)


def _beside_median(quality: Rows, row: Mapping[str, Any], column: str, title: str, form: str):
    values = [each[column] for each in quality if each[column] is not None]
    shown = "not measured" if row[column] is None else form.format(row[column])
    if not values:
        return f"{title} {shown}"
    median = form.format(statistics.median(values))
    return f"{title} {shown} (median of {len(values)} test recordings {median})"


def other_picture(clean: np.ndarray, poisoned: np.ndarray) -> Verdict:
    """Whether most of the spectrogram is drawn in another colour.

    Parameters
    ----------
    clean, poisoned
        Shape (n_mels, frames), dB.
    """
    drawn = max(clean.max(), poisoned.max()) - min(clean.min(), poisoned.min())
    change = np.abs(poisoned - clean)
    differing = float(np.mean(change > DRAWN_STEP * drawn))
    judgement = STANDS if differing >= DRAWN_MOST else FALLS
    if DRAWN_SOME <= differing < DRAWN_MOST:
        judgement = IN_PART
    return Verdict(
        OTHER_PICTURE,
        judgement,
        f"{differing * 100:.0f} % of its points, padding included, change by more than "
        f"{DRAWN_STEP * 100:g} % of the range drawn ({DRAWN_STEP * drawn:.1f} dB), the median "
        f"point by {np.median(change):.1f} dB.",
    )


def still_recognised(
    transcripts: Mapping[str, tuple[Rows, Rows]], recording: str, label: str
) -> Verdict:
    """Whether recognisers hear the word in the clean and in the poisoned recording.

    It stands where all do in both, and in part where some do.

    Parameters
    ----------
    transcripts
        For each recogniser the rows of the clean and of the poisoned test.
    recording, label
        Name and class of the one judged.
    """
    if not transcripts:
        return Verdict(STILL_ONE, NOT_MEASURED, "No speech recogniser listened.")
    right = []
    evidence = []
    for recogniser, (clean, poisoned) in transcripts.items():
        before, after = _of(clean, recording), _of(poisoned, recording)
        right.append(bool(correct([before, after], "recognised_as").all()))
        evidence.append(
            f"{recogniser} writes {_quoted(before)} of the clean one, {_quoted(after)} of the "
            f"poisoned one; of all test recordings of {label} it recognises "
            f"{_recognised(clean, label)} clean, {_recognised(poisoned, label)} poisoned."
        )
    judgement = STANDS if all(right) else IN_PART if any(right) else FALLS
    return Verdict(STILL_ONE, judgement, " ".join(evidence))


def _of(rows: Iterable[Mapping[str, Any]], recording: str) -> Mapping[str, Any]:
    return next(row for row in rows if row["recording"] == recording)


def _quoted(row: Mapping[str, Any]) -> str:
    return f"“{row['transcript']}”" if row["transcript"] else "nothing"


def _recognised(rows: Rows, label: str) -> str:
    """How many recordings of a class are recognised, with the 95 % Wilson interval of the share."""
    right = correct([row for row in rows if row["label"] == label], "recognised_as").tolist()
    low, high = wilson_interval(sum(right), len(right))
    return f"{sum(right)} of {len(right)} ({low:.2f} to {high:.2f})"
