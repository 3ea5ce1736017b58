"""What the report says of sound: the tables in it, and the page on which recordings are played."""

import base64
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mishear.core.files import atomic_path
from mishear.core.flac import STEPS, sixteen_bit
from mishear.core.statistics import Measured
from mishear.evaluation.measurements import first_measured
from mishear.features.waveforms import active_speech
from mishear.listening.tables import INVERSION_STAGES
from mishear.paper.example import CLAIMS, DEGRADATION, Example
from mishear.report.environment import environment
from mishear.report.recognition import audio_quality_over_seeds
from mishear.study.paths import number_name

MEGABYTES = 10
"""Largest size of a page."""
TEXT = 300_000
"""Bytes of it that are kept for what is neither sound nor picture."""

LOUDER = 6.0
"""dB above the clean recording from which the page warns."""


@dataclass(frozen=True)
class Heard:
    """What a recogniser made of a recording."""

    recogniser: str
    label: str
    transcript: str


@dataclass(frozen=True)
class Version:
    """One recording in one version, ready for the page.

    Attributes
    ----------
    title : str
    waveform : numpy.ndarray of shape (samples,)
    spectrogram : numpy.ndarray of shape (n_mels, frames), dB
    predicted : str
        The class the victim hears.
    heard : list of Heard
    quality : dict
        ``snr_db``, ``si_sdr_db``, ``pesq``, ``stoi``: numbers, or None where not measured.
    note : str
    """

    title: str
    waveform: np.ndarray
    spectrogram: np.ndarray
    predicted: str
    heard: Sequence[Heard]
    quality: Mapping[str, float | None]
    note: str = ""


@dataclass(frozen=True)
class Played:
    """One recording in all its versions; the first is the clean one."""

    name: str
    label: str
    versions: Sequence[Version]
    example: Example | None = None


def title(kind: str, name: str | None, eps: float | None, budget: str | None) -> str:
    """A version of a recording in words; the arguments are columns of ``audio_quality.csv``."""
    size = "" if eps is None else number_name(eps)
    if eps == math.inf:
        kind, budget = f"unlimited {kind}", ""
    match kind, budget:
        case "unlimited waveform", _:
            return f"{name}, no limit"
        case "unlimited inverted", _:
            return f"{name} on the spectrogram, no limit, turned back to sound"
        case "poisoned", _:
            return f"{name}, amplitude {size}"
        case "waveform", "snr":
            return f"{name}, limit {size} dB SNR"
        case "waveform", _:
            return f"{name}, eps {size} of full scale"
        case "inverted", _:
            return f"{name} on the spectrogram, eps {size} dB, turned back to sound"
        case "round-trip", _:
            return "clean spectrogram turned back to sound"
        case "clean", _:
            return "clean"
    raise ValueError(f"no words for sound of kind {kind!r}")


def write_page(
    setting: Mapping[str, str],
    study: str,
    victim: str,
    recordings: Sequence[Played],
    sample_rate: int,
    colour_map: str,
    path: Path,
) -> None:
    """Write the page on which recordings are played.

    Parameters
    ----------
    setting
        Corpus, front end and network.
    study
        Its name.
    victim
        In words, which victim's answers are shown.
    recordings
        The paper's example first.
    sample_rate
        Hz.
    colour_map
        Matplotlib's name.
    path
        The HTML file.
    """
    drawn = [_recording(played, sample_rate, colour_map) for played in recordings]
    shown, left_out = _within_size(drawn)
    page = (
        environment()
        .get_template("listening.html.j2")
        .render(
            study=study,
            setting=setting,
            victim=victim,
            recordings=shown,
            left_out=left_out,
            megabytes=MEGABYTES,
            claims=CLAIMS,
            scale=DEGRADATION,
        )
    )
    with atomic_path(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def _within_size(recordings: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """Recordings with as many of their versions as the page holds; and how many it does not."""
    room, left_out, shown = MEGABYTES * 10**6 - TEXT, 0, []
    for recording in recordings:
        versions = []
        for version in recording["versions"]:
            room -= len(version["sound"]) + len(version["image"])
            if room < 0:
                left_out += 1
            else:
                versions.append(version)
        if versions:
            shown.append(recording | {"versions": versions})
    return shown, left_out


def flac(waveform: np.ndarray, sample_rate: int) -> str:
    """A recording as FLAC in base64: lossless, so what is played is what was classified."""
    import soundfile

    with io.BytesIO() as file:
        soundfile.write(file, sixteen_bit(waveform), sample_rate, "PCM_16", format="FLAC")
        return base64.b64encode(file.getvalue()).decode()


def png(spectrogram: np.ndarray, low: float, high: float, colour_map: str) -> str:
    """A spectrogram as PNG in base64, a pixel for each point, low frequencies below."""
    from matplotlib.image import imsave

    options = {"cmap": colour_map, "origin": "lower", "format": "png"}
    with io.BytesIO() as file:
        imsave(file, spectrogram, vmin=low, vmax=high, metadata={"Software": None}, **options)
        return base64.b64encode(file.getvalue()).decode()


def _recording(played: Played, sample_rate: int, colour_map: str) -> dict[str, Any]:
    spectrograms = [version.spectrogram for version in played.versions]
    low, high = min(s.min() for s in spectrograms), max(s.max() for s in spectrograms)
    clean = played.versions[0].waveform
    return {
        "name": played.name,
        "label": played.label,
        "example": played.example,
        "versions": [
            {
                "title": version.title,
                "sound": flac(version.waveform, sample_rate),
                "image": png(version.spectrogram, low, high, colour_map),
                "predicted": version.predicted,
                "right": version.predicted == played.label,
                "heard": version.heard,
                "quality": version.quality,
                "note": version.note,
                **_loudness(level_above(clean, version.waveform)),
            }
            for version in played.versions
        ],
    }


def _loudness(excess: float) -> dict[str, float | None]:
    """By how much a version is too loud, if it is, and the volume at which it is as the clean."""
    loud = excess > LOUDER
    return {"loud": excess if loud else None, "volume": 10 ** (-excess / 20) if loud else 1.0}


def level_above(clean: np.ndarray, changed: np.ndarray) -> float:
    """How much louder a recording is than its clean version over the active speech, in dB.

    Both without their mean: the paper's noise has one, and it is not heard.

    Parameters
    ----------
    clean, changed
        Shape (samples,), full scale is -1 to 1.
    """
    speech = active_speech(clean)
    if speech.start == speech.stop:
        speech = slice(None)
    before, after = (
        max(float(np.std(np.float64(each[speech]))), 1 / STEPS) for each in (clean, changed)
    )
    return 20 * math.log10(after / before)


def listening_section(
    table: pd.DataFrame,
    audio_quality: pd.DataFrame,
    inversions: pd.DataFrame,
    halves: pd.DataFrame,
    reference: str | None,
) -> dict[str, Any]:
    """What the report says of the sound of one corpus, front end and network.

    Parameters
    ----------
    table
        Rows of :func:`mishear.evaluation.measurements.over_seeds`, attacks on the waveform
        included.
    audio_quality, inversions, halves
        Rows of ``audio_quality.csv``, ``inversions.csv`` and ``snr_at_half.csv``.
    reference
        The training that stands for the study.
    """
    undefended = (audio_quality.recipe == reference) & (audio_quality.defence == "none")
    heard = audio_quality_over_seeds(audio_quality[audio_quality.recipe.isna() | undefended])
    clean = heard[heard.kind == "clean"]
    return {
        "recognised": [
            (row.recogniser, _of(row, "recognised"), int(row.n))
            for row in clean.itertuples()
            if pd.notna(row.recognised)
        ],
        "halves": [row for row in halves.itertuples() if row.recipe == reference],
        "inversions": [
            {
                "attack": row.attack,
                "eps": row.eps,
                "seed": row.seed,
                "n": int(row.n),
                "retained_n": int(row.retained_n),
                **{
                    stage: _accuracy(row, stage)
                    for stage in (*INVERSION_STAGES, "inverted_of_retained")
                },
            }
            for row in inversions.itertuples()
        ],
        "attacked": [
            _attacked(row, table, reference) for row in heard[heard.kind == "waveform"].itertuples()
        ],
        "amplitudes": [
            _amplitude(row, table, reference)
            for row in heard[heard.kind == "poisoned"].itertuples()
        ],
    }


def _of(row: Any, name: str, count: str = "n") -> Measured | None:
    values = [getattr(row, column) for column in (name, f"{name}_low", f"{name}_high")]
    return None if pd.isna(values[0]) else Measured(*map(float, values), int(getattr(row, count)))


def _accuracy(row: Any, name: str) -> Measured | None:
    values = [getattr(row, f"{name}_{value}") for value in ("accuracy", "low", "high")]
    n = row.retained_n if name == "inverted_of_retained" else row.n
    return None if pd.isna(values[0]) else Measured(*map(float, values), n=int(n))


def _attacked(row: Any, table: pd.DataFrame, reference: str | None) -> dict[str, Any]:
    """An attack on the waveform at one size, by the victim's ears and by others."""
    at = table[(table.attack == row.name) & (table.eps == row.eps) & (table.defence == "none")]
    at = at[at.recipe == reference]
    saved = next(at.rename(columns={"saved_accuracy": "saved"}).itertuples(), None)
    return {
        "title": title("waveform", row.name, row.eps, row.budget),
        "victim": first_measured(at),
        "saved": _of(saved, "saved") if saved else None,
        "recogniser": row.recogniser if pd.notna(row.recogniser) else "",
        "recognised": _of(row, "recognised"),
        "retained": _of(row, "retained", "retained_n"),
        "snr_db": row.median_snr_db,
        "pesq": row.median_pesq,
        "pesq_n": int(row.pesq_n),
        "stoi": row.median_stoi,
        "n": int(row.n),
    }


def _amplitude(row: Any, table: pd.DataFrame, reference: str | None) -> dict[str, Any]:
    at = table[(table.attack == row.name) & (table.eps == row.eps) & (table.defence == "none")]
    trained = at[at.poison.notna() & at.detector.isna()]
    trained = trained[trained.poisoning_rate == trained.poisoning_rate.max()]
    return {
        "poison": row.name,
        "amplitude": row.eps,
        "snr_db": row.median_snr_db,
        "pesq": row.median_pesq,
        "stoi": row.median_stoi,
        "clipped": row.clipped,
        "recogniser": row.recogniser if pd.notna(row.recogniser) else "",
        "recognised": _of(row, "recognised"),
        "retained": _of(row, "retained", "retained_n"),
        "unpoisoned": first_measured(at[at.recipe == reference]),
        "trained": first_measured(trained),
    }
