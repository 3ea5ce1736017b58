"""The tables of what listeners and speech recognisers make of recordings that were changed."""

import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mishear.core.random_streams import stream
from mishear.core.statistics import proportion
from mishear.core.tables.base import Described
from mishear.core.tables.listening import INVERTED, QUALITY, TRANSCRIPTS
from mishear.core.tables.shared import VICTIM_KEYS
from mishear.evaluation.results import Results, correct, read_results

WITHOUT_PHASE = ("round-trip", "inverted")
"""Kinds of sound that have another phase than the clean recordings: Griffin-Lim keeps none."""
INVERSION_STAGES = {
    "clean": "clean_prediction",
    "adversarial": "adversarial_prediction",
    "round_trip": "round_trip_prediction",
    "inverted": "inverted_prediction",
}
"""The versions of a recording in an inversion, with the columns of what is predicted for them."""

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class MeasuredSound:
    """A sound with the files of what was measured on it.

    Attributes
    ----------
    keys : mapping
        The columns :data:`mishear.core.tables.listening.SOUND`.
    quality : Path
        A file of :data:`mishear.core.tables.listening.QUALITY`.
    transcripts : dict of str to Path
        For each recogniser a file of :data:`mishear.core.tables.listening.TRANSCRIPTS`.
    """

    keys: Mapping[str, Any]
    quality: Path
    transcripts: Mapping[str, Path]

    @property
    def of_clean(self) -> tuple[str, str]:
        """Corpus and front end: sounds that have these in common have the clean one in common."""
        return self.keys["corpus"], self.keys["front_end"]


def measured_sounds(
    keys: Sequence[Mapping[str, Any]],
    quality: Sequence[str | Path],
    recognisers: Sequence[str],
    transcripts: Sequence[str | Path],
) -> list[MeasuredSound]:
    """Join sounds with their files.

    Parameters
    ----------
    keys
        The columns of each sound.
    quality
        A file of each, in the same order.
    recognisers
        Their names.
    transcripts
        The files of each sound, sound by sound, in the order of the recognisers.
    """
    width = len(recognisers)
    return [
        MeasuredSound(
            sound,
            Path(file),
            dict(
                zip(
                    recognisers,
                    map(Path, transcripts[number * width : (number + 1) * width]),
                    strict=True,
                )
            ),
        )
        for number, (sound, file) in enumerate(zip(keys, quality, strict=True))
    ]


def summarise_audio_quality(
    keys: Mapping[str, Any], quality: Rows, recogniser: str, transcripts: Rows, of_clean: Rows
) -> dict[str, Any]:
    """Summarise the quality of one sound, and how much of it a recogniser recognises.

    Parameters
    ----------
    keys
        The columns :data:`mishear.core.tables.listening.SOUND`.
    quality
        Rows of :data:`mishear.core.tables.listening.QUALITY`.
    recogniser
        Its name.
    transcripts, of_clean
        Rows of :data:`mishear.core.tables.listening.TRANSCRIPTS` of the sound, and of the clean
        recordings in the same order.

    Returns
    -------
    dict
        A row of :data:`mishear.core.tables.listening.AUDIO_QUALITY`. Medians are over the
        recordings that could be measured.
    """
    recognised = correct(transcripts, "recognised_as")
    retained = recognised[correct(of_clean, "recognised_as")]
    comparable = keys["kind"] not in WITHOUT_PHASE
    pesq, stoi = _values(quality, "pesq"), _values(quality, "stoi")
    return {
        **keys,
        "recogniser": recogniser,
        "n": len(quality),
        **proportion("recognised", "recognised", int(recognised.sum()), len(recognised)),
        **proportion("retained", "retained", int(retained.sum()), len(retained)),
        "retained_n": len(retained),
        "median_snr_db": _median(_values(quality, "snr_db")) if comparable else None,
        "median_si_sdr_db": _median(_values(quality, "si_sdr_db")) if comparable else None,
        "median_pesq": _median(pesq),
        "pesq_n": len(pesq),
        "median_stoi": _median(stoi),
        "stoi_n": len(stoi),
        "clipped": statistics.fmean(row["clipped"] for row in quality),
    }


def summaries_of_audio_quality(sounds: Sequence[MeasuredSound]) -> Iterator[dict[str, Any]]:
    """Summarise every sound, for each recogniser, or once where there are no recognisers.

    Parameters
    ----------
    sounds
        Among them the clean one of every corpus and front end.

    Yields
    ------
    dict
        Rows of :data:`mishear.core.tables.listening.AUDIO_QUALITY`.
    """
    clean = {sound.of_clean: sound for sound in sounds if sound.keys["kind"] == "clean"}
    for sound in sounds:
        quality = QUALITY.read(sound.quality)
        for recogniser, file in sound.transcripts.items():
            of_clean = clean[sound.of_clean].transcripts[recogniser]
            transcripts = TRANSCRIPTS.read(file), TRANSCRIPTS.read(of_clean)
            yield summarise_audio_quality(sound.keys, quality, recogniser, *transcripts)
        if not sound.transcripts:
            yield summarise_audio_quality(sound.keys, quality, "", [], [])


def summaries_of_halves(evaluations: Iterable[Described]) -> Iterator[dict[str, Any]]:
    """Find the ratio that halves the accuracy for each victim, defence and attack.

    Parameters
    ----------
    evaluations
        Results, with their victim, defence and attack, and the ratio (dB) as ``eps``.

    Yields
    ------
    dict
        Rows of :data:`mishear.core.tables.listening.SNR_AT_HALF`.
    """
    groups: dict[tuple, dict[float, Results]] = {}
    names = (*VICTIM_KEYS, "defence", "attack")
    for evaluation in evaluations:
        place = tuple(evaluation.keys[name] for name in names)
        results = read_results(evaluation.file)
        groups.setdefault(place, {})[evaluation.keys["eps"]] = results
    for place, group in groups.items():
        yield snr_at_half(dict(zip(names, place, strict=True)), group)


def _values(rows: Rows, column: str) -> list[float]:
    return [row[column] for row in rows if row[column] is not None]


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None


def summarise_inversion(keys: Mapping[str, Any], rows: Rows) -> dict[str, Any]:
    """Summarise how much of an attack on the input is left as sound.

    Parameters
    ----------
    keys
        Victim, attack and eps.
    rows
        Of :data:`mishear.core.tables.listening.INVERTED`.

    Returns
    -------
    dict
        A row of :data:`mishear.core.tables.listening.INVERSIONS`. The accuracy on the inverted
        recordings that are retained tells the attack from what the inversion spoils by itself.
    """
    by_stage = {stage: correct(rows, column) for stage, column in INVERSION_STAGES.items()}
    retained = by_stage["inverted"][by_stage["round_trip"]]
    for stage in ("adversarial", "inverted"):
        by_stage[stage] &= by_stage["clean"]
    found = {**keys, "n": len(rows), "retained_n": len(retained)}
    for stage, right in (*by_stage.items(), ("inverted_of_retained", retained)):
        found |= proportion(f"{stage}_accuracy", stage, int(right.sum()), len(right))
    return found


def summarise_inversions(inversions: Iterable[Described]) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.listening.INVERSIONS`."""
    for inversion in inversions:
        yield summarise_inversion(inversion.keys, INVERTED.read(inversion.file))


def snr_at_half(
    keys: Mapping[str, Any], evaluations: Mapping[float, Results], draws: int = 2000, seed: int = 0
) -> dict[str, Any]:
    """Return the signal-to-noise ratio at which an attack halves the accuracy.

    Going from quiet to loud it is where the accuracy first falls to half of that on clean
    recordings, on a straight line between two ratios that were run. The ratios are the limits set
    to the attack; saving with 16 bits adds a change of its own to what keeps them.

    Parameters
    ----------
    keys
        Victim, defence and attack.
    evaluations
        For each ratio (dB) the results, on the same recordings in the same order.
    draws
        Samples of recordings, with replacement, for the 95 % interval (percentile bootstrap).
    seed
        Of these draws.

    Returns
    -------
    dict
        A row of :data:`mishear.core.tables.listening.SNR_AT_HALF`. What lies beyond the ratios that
        were run is infinite.
    """
    ratios = np.array(sorted(evaluations, reverse=True))
    clean = evaluations[ratios[0]].correct_clean.astype(float)
    drawn = stream(seed, "bootstrap").integers(len(clean), size=(draws, len(clean)))
    found = {
        **keys,
        "n": len(clean),
        "clean_accuracy": float(clean.mean()),
        "half": float(clean.mean() / 2),
        "highest_snr_db": float(ratios[0]),
        "lowest_snr_db": float(ratios[-1]),
    }
    loud = [evaluations[ratio] for ratio in ratios]
    for prefix, right in (
        ("", np.stack([each.correct_adversarial for each in loud]).astype(float)),
        ("saved_", np.stack([each.correct_saved for each in loud]).astype(float)),
    ):
        crossings = crossing(ratios, right[:, drawn].mean(2).T, clean[drawn].mean(1) / 2)
        low, high = np.quantile(crossings, [0.025, 0.975], method="inverted_cdf")
        (at,) = crossing(ratios, right.mean(1)[None], clean.mean()[None] / 2)
        found |= {f"{prefix}snr_db": at, f"{prefix}low": low, f"{prefix}high": high}
    return found


def crossing(ratios: np.ndarray, accuracies: np.ndarray, halves: np.ndarray) -> np.ndarray:
    """Find where accuracies first fall to a level.

    Parameters
    ----------
    ratios
        Falling, dB, shape (ratios,).
    accuracies
        Shape (curves, ratios).
    halves
        The level of each curve, shape (curves,).

    Returns
    -------
    numpy.ndarray of shape (curves,)
        dB; infinite for a curve that starts there, minus infinite for one that never falls there.
    """
    fallen = accuracies <= halves[:, None]
    first = fallen.argmax(1)
    rows = np.arange(len(accuracies))
    before, after = accuracies[rows, np.maximum(first - 1, 0)], accuracies[rows, first]
    drop = np.where(before > after, before - after, 1)
    share = (before - halves) / drop
    found = ratios[first - 1] + share * (ratios[first] - ratios[first - 1])
    found = np.where(first == 0, math.inf, found)
    return np.where(fallen.any(1), found, -math.inf)
