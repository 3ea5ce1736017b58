"""The paper's example of poisoning: one recording of "one", clean and with noise.

It is said to sound the same, to look different as a spectrogram, and to be recognised as "One" in
both forms. The paper does not give the amplitude of its noise; here it is the one at which this
run's accuracy is nearest to the paper's.
"""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mishear.claims import FALLS, IN_PART, NOT_MEASURED, STANDS, Claim, Judgement, Verdict
from mishear.paper import POISONING, Results
from mishear.reading import Measured, measured
from mishear.summary import wilson_interval

Rows = Sequence[Mapping[str, str]]

SAME_SOUND = Claim("The poisoned recording sounds the same.", POISONING.place)
OTHER_PICTURE = Claim("It differs as a spectrogram.", POISONING.place)
STILL_ONE = Claim('It is recognised as "One" in both forms.', POISONING.place)

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
class Heard:
    """The recording of the example, and the test it is from, clean and at each amplitude.

    Attributes
    ----------
    recording, label
        Its name and class.
    quality
        For each amplitude the rows of :mod:`mishear.quality`, of the whole test.
    transcripts
        For each recogniser and each amplitude, None for clean, the rows of
        :mod:`mishear.recognisers`, of the whole test.
    spectrograms
        Of the recording at each amplitude, None for clean; shape (n_mels, frames), dB.
    """

    recording: str
    label: str
    quality: Mapping[float, Rows]
    transcripts: Mapping[str, Mapping[float | None, Rows]]
    spectrograms: Mapping[float | None, np.ndarray]


@dataclass(frozen=True)
class Example:
    """The paper's example at one amplitude.

    Attributes
    ----------
    reading
        Which victim's accuracy chose the amplitude.
    amplitude
        Fraction of full scale.
    accuracy
        Of that victim at that amplitude.
    verdicts
        On each part of what the paper says.
    """

    reading: str
    amplitude: float
    accuracy: Measured
    verdicts: Sequence[Verdict]

    @property
    def verdict(self) -> Judgement:
        """On the whole: it stands if every part does, and falls if one part falls."""
        found = [part.verdict for part in self.verdicts]
        for judgement in (FALLS, NOT_MEASURED, IN_PART):
            if judgement in found:
                return judgement
        return STANDS


def paper_examples(results: Results, poison: str, heard: Heard) -> list[Example]:
    """The paper's example in both readings of its figure, each at the amplitude that fits best.

    Parameters
    ----------
    results
        What the study measured.
    poison
        A poisoned recipe of uniform noise.
    heard
        The recording, at every amplitude of the poison.
    """
    sweep = results.of_poisoned(poison)
    sweep = sweep[sweep.poison_share == sweep.poison_share.max()]
    readings = {
        "trained and tested on poisoned recordings": sweep,
        f"{results.reference}, tested on poisoned recordings": results.of_reference(poison),
    }
    return [
        _example(reading, _nearest(rows), heard)
        for reading, rows in readings.items()
        if not rows.empty
    ]


def _nearest(rows: pd.DataFrame) -> Any:
    return rows.loc[(rows.accuracy - POISONING.accuracy).abs().idxmin()]


def _example(reading: str, row: Any, heard: Heard) -> Example:
    amplitude = float(row.eps)
    picture = heard.spectrograms
    return Example(
        reading,
        amplitude,
        measured(row),
        [
            same_sound(heard.quality[amplitude], heard.recording),
            other_picture(picture[None], picture[amplitude]),
            still_recognised(
                {name: (rows[None], rows[amplitude]) for name, rows in heard.transcripts.items()},
                heard.recording,
                heard.label,
            ),
        ],
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
    if not row["pesq"]:
        return Verdict(SAME_SOUND, NOT_MEASURED, f"{numbers}. {row['note']}".strip())
    score = float(row["pesq"])
    words = degradation(score)
    judgement = {DEGRADATION[0][1]: STANDS, DEGRADATION[1][1]: IN_PART}.get(words, FALLS)
    return Verdict(
        SAME_SOUND,
        judgement,
        f"{numbers}. By PESQ the change is {words} (P.800: from 4.5 on inaudible, from 3.5 on not "
        f"annoying); on single words PESQ compares, but is no listening test.",
    )


def degradation(score: float) -> str:
    """The category of P.800's degradation scale that a PESQ score is in."""
    return next(words for lowest, words in DEGRADATION if score >= lowest)


def _beside_median(quality: Rows, row: Mapping[str, str], column: str, title: str, form: str):
    values = [float(each[column]) for each in quality if each[column]]
    shown = form.format(float(row[column])) if row[column] else "not measured"
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
        f"{differing * 100:.0f} % of its points change by more than {DRAWN_STEP * 100:g} % of the "
        f"range drawn ({DRAWN_STEP * drawn:.1f} dB), the median point by "
        f"{np.median(change):.1f} dB.",
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
        right.append(before["heard"] == label and after["heard"] == label)
        evidence.append(
            f"{recogniser} writes {_quoted(before)} of the clean one, {_quoted(after)} of the "
            f"poisoned one; of all test recordings of {label} it recognises "
            f"{_recognised(clean, label)} clean, {_recognised(poisoned, label)} poisoned."
        )
    judgement = STANDS if all(right) else IN_PART if any(right) else FALLS
    return Verdict(STILL_ONE, judgement, " ".join(evidence))


def _of(rows: Iterable[Mapping[str, str]], recording: str) -> Mapping[str, str]:
    return next(row for row in rows if row["recording"] == recording)


def _quoted(row: Mapping[str, str]) -> str:
    return f"“{row['transcript']}”" if row["transcript"] else "nothing"


def _recognised(rows: Rows, label: str) -> str:
    """How many recordings of a class are recognised, with the 95 % Wilson interval of the share."""
    right = [row["heard"] == label for row in rows if row["label"] == label]
    low, high = wilson_interval(sum(right), len(right))
    return f"{sum(right)} of {len(right)} ({low:.2f} to {high:.2f})"
