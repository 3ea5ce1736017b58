"""The page on which recordings can be played."""

import base64
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mishear.core.files import atomic_path
from mishear.core.flac import STEPS, sixteen_bit
from mishear.core.units import FULL_SCALE, sized
from mishear.features.waveforms import active_speech
from mishear.paper.example import Example
from mishear.paper.example_claims import CLAIMS, DEGRADATION
from mishear.report.drawing.inputs import picture
from mishear.report.environment import environment
from mishear.study.paths import number_name

MEGABYTES = 10
"""Largest size of a page."""
TEXT = 300_000
"""Bytes of it that are reserved for what is neither sound nor picture."""

LOUDER = 6.0
"""How much louder than the clean recording a version must be for a warning, dB."""


@dataclass(frozen=True)
class Transcript:
    """What a recogniser made of a recording: a text, and the class it is recognised as."""

    recogniser: str
    label: str
    text: str


@dataclass(frozen=True)
class Version:
    """One recording in one version, ready for the page.

    Attributes
    ----------
    title : str
    waveform : numpy.ndarray of shape (samples,)
    features : numpy.ndarray of shape (n_mels, frames) or another
        The input of the network.
    predicted : str
        The class that the victim predicts.
    transcripts : list of Transcript
    quality : dict
        ``snr_db``, ``si_sdr_db``, ``pesq``, ``stoi``: numbers, or None where not measured.
    note : str
    """

    title: str
    waveform: np.ndarray
    features: np.ndarray
    predicted: str
    transcripts: Sequence[Transcript]
    quality: Mapping[str, float | None]
    note: str = ""


@dataclass(frozen=True)
class PlayedRecording:
    """One recording in all its versions; the first is the clean one."""

    name: str
    label: str
    versions: Sequence[Version]
    example: Example | None = None


@dataclass(frozen=True)
class ListeningPage:
    """The page of one corpus, front end and network.

    Attributes
    ----------
    study
        Name of the study.
    setting
        Names of the corpus, the front end and the network.
    victim
        The victim whose predictions are shown, in words.
    recordings
        The paper's example first.
    sample_rate
        Hz.
    colour_map
        Matplotlib's name.
    """

    study: str
    setting: Mapping[str, str]
    victim: str
    recordings: Sequence[PlayedRecording]
    sample_rate: int
    colour_map: str


def title(
    kind: str, name: str | None, eps: float | None, budget: str | None, unit: str = ""
) -> str:
    """Put a version of a recording into words.

    Parameters
    ----------
    kind, name, eps, budget
        Columns of the sounds' tables.
    unit
        Of the network's inputs.
    """
    size = "" if eps is None else number_name(eps)
    if eps == math.inf:
        kind, budget = f"unlimited {kind}", ""
    match kind, budget:
        case "unlimited waveform", _:
            return f"{name}, no limit"
        case "unlimited inverted", _:
            return f"{name} on the input, no limit, inverted to sound"
        case "poisoned", _:
            return f"{name}, amplitude {size}"
        case "waveform", "snr":
            return f"{name}, limit {size} dB SNR"
        case "waveform", _:
            return f"{name}, eps {sized(size, FULL_SCALE)}"
        case "inverted", _:
            return f"{name} on the input, eps {sized(size, unit)}, inverted to sound"
        case "round-trip", _:
            return "clean input inverted to sound"
        case "clean", _:
            return "clean"
    raise ValueError(f"no words for sound of kind {kind!r}")


def write_page(page: ListeningPage, path: Path) -> None:
    """Write the HTML file."""
    drawn = [_recording(played, page.sample_rate, page.colour_map) for played in page.recordings]
    shown, left_out = _within_size(drawn)
    text = (
        environment()
        .get_template("listening.html.j2")
        .render(
            study=page.study,
            setting=page.setting,
            victim=page.victim,
            recordings=shown,
            left_out=left_out,
            megabytes=MEGABYTES,
            claims=CLAIMS,
            scale=DEGRADATION,
        )
    )
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _within_size(recordings: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """Return the recordings with the versions that fit, and how many versions do not."""
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
    """Encode a recording as FLAC in base64: lossless, so what is played is what was classified."""
    import soundfile

    with io.BytesIO() as file:
        soundfile.write(file, sixteen_bit(waveform), sample_rate, "PCM_16", format="FLAC")
        return base64.b64encode(file.getvalue()).decode()


def png(features: np.ndarray, low: float, high: float, colour_map: str) -> str:
    """Encode an input of the network as PNG in base64, low channels at the bottom."""
    from matplotlib.image import imsave

    image = picture(features, low, high)
    options = {"cmap": colour_map, "origin": "lower", "format": "png"}
    with io.BytesIO() as file:
        imsave(file, image, vmin=low, vmax=high, metadata={"Software": None}, **options)
        return base64.b64encode(file.getvalue()).decode()


def _recording(played: PlayedRecording, sample_rate: int, colour_map: str) -> dict[str, Any]:
    features = [version.features for version in played.versions]
    low, high = min(each.min() for each in features), max(each.max() for each in features)
    clean = played.versions[0].waveform
    return {
        "name": played.name,
        "label": played.label,
        "example": played.example,
        "versions": [
            {
                "title": version.title,
                "sound": flac(version.waveform, sample_rate),
                "image": png(version.features, low, high, colour_map),
                "predicted": version.predicted,
                "correct": version.predicted == played.label,
                "transcripts": version.transcripts,
                "quality": version.quality,
                "note": version.note,
                **loudness(level_above(clean, version.waveform)),
            }
            for version in played.versions
        ],
    }


def loudness(excess: float) -> dict[str, float | None]:
    """Return the excess in dB of a version that is too loud, and the volume that evens it out."""
    loud = excess > LOUDER
    return {"loud": excess if loud else None, "volume": 10 ** (-excess / 20) if loud else 1.0}


def level_above(clean: np.ndarray, changed: np.ndarray) -> float:
    """Return how much louder a recording is than its clean version over the active speech, in dB.

    Means are removed: the paper's noise has one, and it cannot be heard.

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
