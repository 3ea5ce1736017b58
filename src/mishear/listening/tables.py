"""The tables of what a listener and a recogniser hear."""

import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mishear.core.random_streams import stream
from mishear.core.statistics import wilson_interval
from mishear.core.tables import write_table

SOUND = (
    "corpus",
    "front_end",
    "network",
    "recipe",
    "seed",
    "defence",
    "kind",
    "name",
    "budget",
    "eps",
)
EARS_COLUMNS = (
    *SOUND,
    "recogniser",
    "n",
    "recognised",
    "recognised_low",
    "recognised_high",
    "kept",
    "kept_low",
    "kept_high",
    "kept_n",
    "median_snr_db",
    "median_si_sdr_db",
    "median_pesq",
    "pesq_n",
    "median_stoi",
    "stoi_n",
    "clipped",
)
VICTIM = ("corpus", "front_end", "network", "recipe", "seed")
HEARINGS = ("clean", "attacked", "round_trip", "inverted", "inverted_of_kept")
INVERSION_COLUMNS = (
    *VICTIM,
    "attack",
    "eps",
    "n",
    *(f"{hearing}_{value}" for hearing in HEARINGS for value in ("accuracy", "low", "high")),
    "kept_n",
)
HALF_COLUMNS = (
    *VICTIM,
    "defence",
    "attack",
    "n",
    "clean_accuracy",
    "half",
    "snr_db",
    "low",
    "high",
    "saved_snr_db",
    "saved_low",
    "saved_high",
    "highest_snr_db",
    "lowest_snr_db",
)
WITHOUT_PHASE = ("round-trip", "inverted")
"""Kinds of sound that have another phase than the clean recordings: Griffin-Lim keeps none."""

Rows = Sequence[Mapping[str, str]]


def summarise_ears(
    keys: Mapping[str, Any], quality: Rows, recogniser: str, heard: Rows, heard_clean: Rows
) -> dict[str, Any]:
    """What is heard in one sound.

    Parameters
    ----------
    keys
        The columns ``SOUND``.
    quality
        Of each recording, see :mod:`mishear.listening.quality`.
    recogniser
        Its name.
    heard, heard_clean
        What it heard in the recordings of the sound and in the clean ones, see
        :mod:`mishear.listening.recognisers`.

    Returns
    -------
    dict
        A row of ``EARS_COLUMNS``: ``recognised`` is the share of recordings heard as their class,
        ``kept`` that among the ``kept_n`` recordings that are so when clean, both with 95 % Wilson
        intervals. Medians are over the recordings that could be measured; ``clipped`` is the mean
        share of samples cut to full scale.
    """
    right = [row["heard"] == row["label"] for row in heard]
    before = [row["heard"] == row["label"] for row in heard_clean]
    kept = [after for after, was in zip(right, before, strict=True) if was]
    comparable = keys["kind"] not in WITHOUT_PHASE
    pesq, stoi = _values(quality, "pesq"), _values(quality, "stoi")
    return {
        **keys,
        "recogniser": recogniser,
        "n": len(quality),
        **_share("recognised", "recognised", right),
        **_share("kept", "kept", kept),
        "kept_n": len(kept),
        "median_snr_db": _median(_values(quality, "snr_db")) if comparable else None,
        "median_si_sdr_db": _median(_values(quality, "si_sdr_db")) if comparable else None,
        "median_pesq": _median(pesq),
        "pesq_n": len(pesq),
        "median_stoi": _median(stoi),
        "stoi_n": len(stoi),
        "clipped": statistics.fmean(float(row["clipped"]) for row in quality),
    }


def summaries_of_ears(
    sounds: Sequence[Mapping[str, Any]],
    recognisers: Sequence[str],
    quality: Sequence[Rows],
    heard: Sequence[Rows],
) -> Iterator[dict[str, Any]]:
    """A row for each sound and recogniser, or for each sound where there are no recognisers.

    Parameters
    ----------
    sounds
        The columns ``SOUND`` of each.
    recognisers
        Their names.
    quality
        Of each sound.
    heard
        What each recogniser heard in each sound, sound by sound.
    """
    width = len(recognisers)
    clean = {
        (sound["corpus"], sound["front_end"]): number
        for number, sound in enumerate(sounds)
        if sound["kind"] == "clean"
    }
    for number, sound in enumerate(sounds):
        first = clean[sound["corpus"], sound["front_end"]]
        for place, recogniser in enumerate(recognisers):
            here, before = heard[number * width + place], heard[first * width + place]
            yield summarise_ears(sound, quality[number], recogniser, here, before)
        if not recognisers:
            yield summarise_ears(sound, quality[number], "", [], [])


def summaries_of_halves(
    keys: Sequence[Mapping[str, Any]], evaluations: Sequence[Rows]
) -> Iterator[dict[str, Any]]:
    """A row for each victim, defence and attack; ``keys`` have the ratio of each as ``eps``."""
    groups: dict[tuple, dict[float, Rows]] = {}
    names = [key for key in HALF_COLUMNS if key in (*VICTIM, "defence", "attack")]
    for key, rows in zip(keys, evaluations, strict=True):
        place = tuple(key[name] for name in names)
        groups.setdefault(place, {})[key["eps"]] = rows
    for place, group in groups.items():
        yield snr_at_half(dict(zip(names, place, strict=True)), group)


def _values(rows: Rows, column: str) -> list[float]:
    return [float(row[column]) for row in rows if row[column]]


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None


def _share(key: str, name: str, right: Sequence[bool]) -> dict[str, float | None]:
    """A share under ``key`` with the limits of its interval under ``name``."""
    if not right:
        return dict.fromkeys((key, f"{name}_low", f"{name}_high"))
    low, high = wilson_interval(sum(right), len(right))
    return {key: sum(right) / len(right), f"{name}_low": low, f"{name}_high": high}


def summarise_inversion(keys: Mapping[str, Any], rows: Rows) -> dict[str, Any]:
    """How much of an attack on the spectrogram is left as sound.

    Parameters
    ----------
    keys
        The columns ``VICTIM``, ``attack`` and ``eps``.
    rows
        Of each recording, see :mod:`mishear.listening.inversion`.

    Returns
    -------
    dict
        A row of ``INVERSION_COLUMNS``: accuracies on the clean and the attacked spectrograms, on
        the sound made of the clean ones (``round_trip``) and of the attacked ones (``inverted``),
        and the latter among the ``kept_n`` recordings that the round trip leaves right
        (``inverted_of_kept``), which tells the attack from what the inversion spoils by itself.
    """
    predictions = {
        "clean": "clean_prediction",
        "attacked": "adversarial_prediction",
        "round_trip": "round_trip_prediction",
        "inverted": "inverted_prediction",
    }
    right = {
        hearing: [row[column] == row["label"] for row in rows]
        for hearing, column in predictions.items()
    }
    kept = [after for after, was in zip(right["inverted"], right["round_trip"], strict=True) if was]
    found = {**keys, "n": len(rows), "kept_n": len(kept)}
    for hearing, answers in (*right.items(), ("inverted_of_kept", kept)):
        found |= _share(f"{hearing}_accuracy", hearing, answers)
    return found


def snr_at_half(
    keys: Mapping[str, Any], evaluations: Mapping[float, Rows], draws: int = 2000, seed: int = 0
) -> dict[str, Any]:
    """The signal-to-noise ratio at which an attack halves the accuracy.

    Going from quiet to loud it is where the accuracy first falls to half of that on clean
    recordings, on a straight line between two ratios that were run. The ratios are the limits set
    to the attack; saving with 16 bits adds a change of its own to what keeps them.

    Parameters
    ----------
    keys
        The columns ``VICTIM``, ``defence`` and ``attack``.
    evaluations
        For each ratio (dB) the rows of its evaluation, on the same recordings.
    draws
        Samples of recordings, with replacement, for the 95 % interval (percentile bootstrap).
    seed
        Of these draws.

    Returns
    -------
    dict
        A row of ``HALF_COLUMNS``: ``snr_db`` from what the attack returned, ``saved_snr_db`` from
        what was saved of it and read again, each with its interval. What lies beyond the ratios
        that were run, of which ``highest_snr_db`` and ``lowest_snr_db`` are the ends, is infinite.
    """
    ratios = np.array(sorted(evaluations, reverse=True))
    clean = _right(evaluations[ratios[0]], "clean_prediction")
    drawn = stream(seed, "bootstrap").integers(len(clean), size=(draws, len(clean)))
    found = {
        **keys,
        "n": len(clean),
        "clean_accuracy": float(clean.mean()),
        "half": float(clean.mean() / 2),
        "highest_snr_db": float(ratios[0]),
        "lowest_snr_db": float(ratios[-1]),
    }
    for column, prefix in (("adversarial_prediction", ""), ("saved_prediction", "saved_")):
        right = np.stack([_right(evaluations[ratio], column) for ratio in ratios])
        crossings = crossing(ratios, right[:, drawn].mean(2).T, clean[drawn].mean(1) / 2)
        low, high = np.quantile(crossings, [0.025, 0.975], method="inverted_cdf")
        (at,) = crossing(ratios, right.mean(1)[None], clean.mean()[None] / 2)
        found |= {f"{prefix}snr_db": at, f"{prefix}low": low, f"{prefix}high": high}
    return found


def _right(rows: Rows, column: str) -> np.ndarray:
    ordered = sorted(rows, key=lambda row: row["recording"])
    return np.array([row[column] == row["label"] for row in ordered], dtype=float)


def crossing(ratios: np.ndarray, accuracies: np.ndarray, halves: np.ndarray) -> np.ndarray:
    """Where accuracies first fall to a level.

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


def write_ears(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write ``ears.csv``."""
    write_table(rows, EARS_COLUMNS, path)


def write_inversion_table(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write ``inversions.csv``."""
    write_table(rows, INVERSION_COLUMNS, path)


def write_halves(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write ``snr_at_half.csv``."""
    write_table(rows, HALF_COLUMNS, path)
