"""What the page says of speakers: how many are tested, and how they differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mishear.core.statistics import Measured
from mishear.core.units import sized
from mishear.evaluation.measurements import level
from mishear.evaluation.speakers import SpeakersOfTest, speakers_of_test
from mishear.features.split import Division, read_split

MOST_SHOWN = 60
"""With more speakers the page shows how their accuracies are distributed."""
SHOWN_RATIO = 40.0
"""The SNR at which attacks on the waveform are shown, or the nearest that was run, dB."""
QUARTILES = {"lowest": 0.0, "lower quartile": 0.25, "median": 0.5, "upper quartile": 0.75}
QUARTILES |= {"highest": 1.0}


@dataclass(frozen=True)
class SpeakerRow:
    """The accuracies on the test recordings of one speaker."""

    speaker: str
    clean: Measured
    worst: Measured


@dataclass(frozen=True)
class SpeakerTable:
    """Accuracy by speaker of the undefended victims of the reference training.

    Attributes
    ----------
    limit
        Of the worst case, in words.
    rows
        One for each speaker in the order of the worst case; empty where there are too many.
    distribution
        Clean accuracy and worst case by the names of :data:`QUARTILES`.
    """

    limit: str
    speakers: int
    rows: Sequence[SpeakerRow]
    distribution: Mapping[str, tuple[float, float]]


def divisions_of(corpus: str, inputs: Mapping[str, Path]) -> list[Division]:
    """Read how a corpus is divided: once, or once in each fold.

    Parameters
    ----------
    corpus
        Its name.
    inputs
        See :func:`mishear.study.report_plan.report_inputs`.
    """
    here = f"split/{corpus}/"
    return [read_split(file) for key, file in inputs.items() if key.startswith(here)]


def tested_in(corpus: str, inputs: Mapping[str, Path]) -> SpeakersOfTest:
    """Return who is tested of a corpus, in all its folds, see :func:`divisions_of`."""
    return speakers_of_test(divisions_of(corpus, inputs))


def remark(speakers: SpeakersOfTest, trained_here: bool = True) -> str:
    """Say how many speakers are tested and for whom the numbers hold.

    Parameters
    ----------
    speakers
        The speakers of the test recordings.
    trained_here
        Whether the study trained the victims; which recordings others were trained on is unknown.
    """
    count, known = len(speakers.names), len(speakers.trained_on)
    if count == 0:
        return (
            "The corpus does not say who speaks: test speakers may be in the training data as well."
        )
    who = "1 speaker" if count == 1 else f"{count} speakers"
    if not trained_here:
        over = " Intervals are over speakers too." if known == 0 and count > 1 else ""
        return (
            f"Test set: {who}. The network was trained elsewhere: if it was trained on these "
            f"recordings or speakers, its accuracy on others may be lower.{over}"
        )
    if known == 0 and count > 1:
        return (
            f"Test set: {who}, none of them in the training data. Intervals are over speakers too."
        )
    if known == 0:
        return (
            f"Test set: {who}, not in the training data. Other speakers may differ by more than "
            f"the intervals say."
        )
    all_of_them = "who is" if count == 1 else "all of whom are"
    where = f"{all_of_them if known == count else f'of whom {known} are'} also in the training data"
    return (
        f"Test set: {who}, {where}. The numbers hold for other recordings of these speakers, not "
        f"for other speakers."
    )


def speakers_tested(speakers: SpeakersOfTest, is_trained_on: bool) -> str:
    """Say how many speakers are tested, and how many of them were in the training data."""
    count, known = len(speakers.names), len(speakers.trained_on)
    if not count:
        return "not named"
    if not is_trained_on:
        return str(count)
    how_many = {0: "none", count: "all"}.get(known, str(known))
    return f"{count}, {how_many} of them also in the training data"


def speaker_table(
    by_speaker: pd.DataFrame, reference: str | None, eps: float, unit: str
) -> SpeakerTable | None:
    """Lay out the accuracy by speaker.

    Parameters
    ----------
    by_speaker
        Rows of ``by_speaker.csv`` of one setting.
    reference
        Name of the training.
    eps
        The limit on the input nearest to it is shown. Without attacks on the input it is the
        signal-to-noise ratio nearest to that of the table of victims.
    unit
        Of the network's inputs.

    Returns
    -------
    SpeakerTable or None
        None where the corpus names no speakers, or no attack has a limit.
    """
    own = by_speaker[(by_speaker.recipe == reference) & (by_speaker.defence == "none")]
    found = own[(own.domain == "spectrogram") & (own.norm == "linf")]
    on_sound = found.empty
    if on_sound:
        found, eps = own[(own.domain == "waveform") & (own.budget == "snr")], SHOWN_RATIO
    if found.empty:
        return None
    nearest = min(found.eps.unique(), key=lambda value: (abs(value - eps), value))
    found = found[found.eps == nearest]
    if on_sound:
        # An attack in each norm may have this limit; to a listener it is one.
        found = found.loc[found.groupby("speaker").worst_accuracy.idxmin()]
    found = found.sort_values(["worst_accuracy", "clean_accuracy"])
    values = found[["clean_accuracy", "worst_accuracy"]]
    rows = [
        SpeakerRow(row.speaker, level(row, "clean"), level(row, "worst"))
        for row in found.itertuples()
    ]
    return SpeakerTable(
        limit=f"at {nearest:g} dB SNR"
        if on_sound
        else f"within eps {sized(float(nearest), unit)}, L∞",
        speakers=len(rows),
        rows=rows if len(rows) <= MOST_SHOWN else [],
        distribution={
            name: tuple(float(value) for value in values.quantile(share))
            for name, share in QUARTILES.items()
        },
    )
