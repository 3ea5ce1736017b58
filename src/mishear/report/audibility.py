"""What the sizes of changes sound like, in plain words.

The just noticeable difference of level of about 1 dB is Zwicker and Fastl's (Psychoacoustics, 2007,
section 7.1). Ratios are put as ratios of amplitudes, which they are by definition.
"""

from collections.abc import Iterator
from itertools import chain

import numpy as np

from mishear.report.tables import Tables
from mishear.study.reported import ReportedStudy

LOUDNESS = (
    (50.0, "hardly audible, or not at all"),
    (35.0, "a faint hiss in the pauses of quiet surroundings"),
    (25.0, "a clear hiss that does not disturb understanding"),
    (15.0, "loud, but people still understand the words"),
    (5.0, "very loud; words begin to be missed"),
    (-np.inf, "as loud as the speech, or louder"),
)
"""From which SNR, in dB, white noise below speech sounds how: our own rough scale."""


def sounds_like(study: ReportedStudy, tables: Tables) -> list[str]:
    """Return sentences that say what the study's sizes of changes sound like.

    Parameters
    ----------
    study
        Its units are those of the inputs.
    tables
        All tables of the study.
    """
    ratios = _ratios(tables)
    found = chain(_of_ratios(ratios), _of_inputs(study, tables), _listening(tables))
    return list(found)


def loudness(ratio: float) -> str:
    """Say how white noise at a signal-to-noise ratio in dB sounds below speech."""
    return next(words for least, words in LOUDNESS if ratio >= least)


def _ratios(tables: Tables) -> list[float]:
    attacks = tables.measurements[tables.measurements.budget == "snr"].eps
    noises = tables.corruptions[tables.corruptions.level_unit == "dB SNR"].level
    found = {float(value) for value in (*attacks, *noises) if np.isfinite(value)}
    return sorted(found, reverse=True)


def _of_ratios(ratios: list[float]) -> Iterator[str]:
    if not ratios:
        return
    yield (
        "The signal-to-noise ratio (SNR) says how much weaker a change is than the speech: at "
        "20 dB its amplitude is a tenth of the speech's, at 40 dB a hundredth."
    )
    # The loudest and the quietest that were run, and one between them.
    shown = dict.fromkeys((ratios[0], ratios[len(ratios) // 2], ratios[-1]))
    texts = [f"{ratio:g} dB, {loudness(ratio)}" for ratio in shown]
    yield f"As a rough guide, white noise sounds like this: {'; '.join(texts)}."


def _of_inputs(study: ReportedStudy, tables: Tables) -> Iterator[str]:
    limited = tables.on_inputs
    limited = limited[(limited.domain == "spectrogram") & (limited.norm == "linf")]
    if limited[np.isfinite(limited.eps)].empty or "dB" not in study.units.values():
        return
    yield (
        "On a spectrogram, eps in dB is how much the level of every point may change. People "
        "hardly notice if a whole sound becomes 1 dB louder or quieter; 10 dB are about twice or "
        "half as loud. The changed spectrogram may not correspond to any sound."
    )


def _listening(tables: Tables) -> Iterator[str]:
    if tables.listening is not None:
        yield "Each victim below has a page on which the recordings can be played."
