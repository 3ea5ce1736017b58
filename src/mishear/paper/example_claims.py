"""The three parts of the paper's example of poisoning, each judged by the numbers of this run."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from mishear.core.statistics import wilson_interval
from mishear.evaluation.results import correct
from mishear.paper.claims import FALLS, IN_PART, NOT_MEASURED, STANDS, Claim, Verdict
from mishear.paper.printed import POISONING

Rows = Sequence[Mapping[str, Any]]

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
"""The lowest score of each category of ITU-T P.800's degradation scale, 5 to 1.

Scores are rounded to the nearest category. PESQ predicts opinions on P.800's quality scale, 1 to 5,
and ends at 4.64 where nothing is changed (P.862.2), so an inaudible change scores 4.5 or more.
"""

DRAWN_STEP = 0.05
"""Smallest fraction of the drawn range of levels at which a point's colour visibly differs.

It is 13 of the 256 colours of a colour map.
"""
DRAWN_MOST, DRAWN_SOME = 0.5, 0.05
"""Fractions of the points of a spectrogram that differ so: most of it, or a visible part."""


def same_sound(quality: Rows, recording: str) -> Verdict:
    """Judge whether a change is inaudible, by the category of the recording's PESQ.

    The claim stands where the change is inaudible, and in part where it is not annoying.

    Parameters
    ----------
    quality
        Rows of :mod:`mishear.listening.quality` for all test recordings.
    recording
        Name of the recording that is judged.
    """
    row = _of(quality, recording)
    numbers = "; ".join(
        _beside_median(quality, row, column, title, form)
        for column, title, form in (
            ("snr_db", "SNR", "{:.0f} dB"),
            ("si_sdr_db", "SI-SDR", "{:.0f} dB"),
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
    """Return the category of P.800's degradation scale that a PESQ score falls in."""
    return next(words for lowest, words in DEGRADATION if score >= lowest)


def _beside_median(quality: Rows, row: Mapping[str, Any], column: str, title: str, form: str):
    values = [each[column] for each in quality if each[column] is not None]
    shown = "not measured" if row[column] is None else form.format(row[column])
    if not values:
        return f"{title} {shown}"
    median = form.format(statistics.median(values))
    return f"{title} {shown} (median of {len(values)} test recordings {median})"


def other_picture(clean: np.ndarray, poisoned: np.ndarray) -> Verdict:
    """Judge whether most of the spectrogram is drawn in visibly different colours.

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
    """Judge whether recognisers recognise the word in the clean and in the poisoned recording.

    The claim stands where all do in both, and in part where some do.

    Parameters
    ----------
    transcripts
        Rows of :mod:`mishear.listening.recognisers` for the clean and for the poisoned test
        recordings, by recogniser.
    recording, label
        Name and class of the recording that is judged.
    """
    if not transcripts:
        return Verdict(STILL_ONE, NOT_MEASURED, "No speech recogniser was run.")
    recognised = []
    evidence = []
    for recogniser, (clean, poisoned) in transcripts.items():
        before, after = _of(clean, recording), _of(poisoned, recording)
        recognised.append(bool(correct([before, after], "recognised_as").all()))
        evidence.append(
            f"{recogniser} transcribes the clean recording as {_quoted(before)} and the poisoned "
            f"one as {_quoted(after)}; of all test recordings of class {label} it recognises "
            f"{_recognised(clean, label)} when clean and {_recognised(poisoned, label)} when "
            f"poisoned."
        )
    judgement = STANDS if all(recognised) else IN_PART if any(recognised) else FALLS
    return Verdict(STILL_ONE, judgement, " ".join(evidence))


def _of(rows: Iterable[Mapping[str, Any]], recording: str) -> Mapping[str, Any]:
    return next(row for row in rows if row["recording"] == recording)


def _quoted(row: Mapping[str, Any]) -> str:
    return f"“{row['transcript']}”" if row["transcript"] else "nothing"


def _recognised(rows: Rows, label: str) -> str:
    """Count the recognised recordings of a class, with the 95 % Wilson interval of the fraction."""
    right = correct([row for row in rows if row["label"] == label], "recognised_as").tolist()
    low, high = wilson_interval(sum(right), len(right))
    return f"{sum(right)} of {len(right)} ({low:.2f} to {high:.2f})"
