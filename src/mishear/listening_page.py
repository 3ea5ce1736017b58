"""The page on which chosen recordings can be played and seen in all their versions."""

import base64
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from mishear import __version__
from mishear.audio import STEPS, sixteen_bit
from mishear.features.waveforms import active_speech
from mishear.listening import WITHOUT_PHASE
from mishear.pages import write_page
from mishear.paper_example import Example
from mishear.report_listening import title

AUDIO_LIMIT = 10_000_000
"""Bytes of sound in the page, in the form in which they stand in it (base64)."""

LOUD = 6.0
"""dB above the clean recording from which on a listener is warned; twice the amplitude."""


@dataclass(frozen=True)
class Version:
    """One recording in one version.

    Attributes
    ----------
    sound
        Which: ``kind``, ``name``, ``budget`` and ``eps``, as in ``ears.csv``.
    waveform : numpy.ndarray of shape (samples,)
        As :func:`mishear.audio.read_sound` gives it, full scale is -1 to 1.
    spectrogram : numpy.ndarray of shape (n_mels, frames), dB
        That of the waveform.
    predicted
        The class the victim hears in it; None where it did not listen.
    quality
        The recording's row of :mod:`mishear.quality`.
    transcripts
        For each recogniser the recording's row of :mod:`mishear.recognisers`.
    """

    sound: Mapping[str, Any]
    waveform: np.ndarray
    spectrogram: np.ndarray
    predicted: str | None
    quality: Mapping[str, str]
    transcripts: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Recording:
    """A recording in all versions that are played, the clean one first.

    ``note`` says why it was chosen, empty if there is nothing to say.
    """

    name: str
    label: str
    versions: Sequence[Version]
    note: str = ""


@dataclass(frozen=True)
class Section:
    """What is played of one corpus, front end and network.

    Attributes
    ----------
    setting
        Their names.
    victim
        Who hears it, in words.
    sample_rate
        Hz.
    recordings
        The most important first: where sound has to be left out, it is that of the last ones.
    examples
        What is left of the paper's example, which is the first recording; empty if not judged.
    """

    setting: Mapping[str, str]
    victim: str
    sample_rate: int
    recordings: Sequence[Recording]
    examples: Sequence[Example] = ()


def write_listening(
    study: str,
    sections: Sequence[Section],
    colour_map: str,
    path: Path,
    limit: int = AUDIO_LIMIT,
) -> None:
    """Write the page: one file with a player and a spectrogram for each version.

    Parameters
    ----------
    study
        Its name.
    sections
        What is played.
    colour_map
        Matplotlib's name, of spectrograms.
    path
        The HTML file.
    limit
        Bytes of sound that may stand in the page. Versions beyond are left out, and counted.
    """
    shown = _within(sections, limit)
    content = {
        "study": study,
        "version": __version__,
        "limit": limit / 1e6,
        "loud": LOUD,
        "left_out": _versions(sections) - sum(map(len, shown.values())),
        "sections": [
            _section(number, section, shown, colour_map) for number, section in enumerate(sections)
        ],
    }
    write_page("listening.html.j2", path, content)


def flac(waveform: np.ndarray, sample_rate: int) -> bytes:
    """A recording as a FLAC file of 16 bits, which loses nothing of what was read from one.

    Parameters
    ----------
    waveform
        Shape (samples,), full scale is -1 to 1.
    sample_rate
        Hz.
    """
    file = io.BytesIO()
    soundfile.write(file, sixteen_bit(waveform), sample_rate, format="FLAC", subtype="PCM_16")
    return file.getvalue()


def _versions(sections: Sequence[Section]) -> int:
    return sum(len(found.versions) for section in sections for found in section.recordings)


def _within(sections: Sequence[Section], limit: int) -> dict[tuple[int, int], list[str]]:
    """The sound of the versions that fit, for each section and recording, as base64.

    The first recording of each section comes before the second of any.
    """
    found: dict[tuple[int, int], list[str]] = {}
    ranks = zip_longest(*(section.recordings for section in sections))
    places = (
        (number, rank, recording)
        for rank, row in enumerate(ranks)
        for number, recording in enumerate(row)
        if recording is not None
    )
    for number, rank, recording in places:
        sounds = found.setdefault((number, rank), [])
        for version in recording.versions:
            data = flac(version.waveform, sections[number].sample_rate)
            text = base64.b64encode(data).decode("ascii")
            limit -= len(text)
            if limit < 0:
                break
            sounds.append(text)
    return found


def _section(
    number: int,
    section: Section,
    shown: Mapping[tuple[int, int], Sequence[str]],
    colour_map: str,
) -> dict[str, Any]:
    recordings = [
        _recording(recording, shown[number, rank], colour_map)
        for rank, recording in enumerate(section.recordings)
    ]
    return {
        "id": f"section{number}",
        "name": ", ".join(section.setting.values()),
        "victim": section.victim,
        "examples": section.examples,
        "recordings": recordings,
    }


def _recording(recording: Recording, sounds: Sequence[str], colour_map: str) -> dict[str, Any]:
    """What the page says of a recording; all its spectrograms have one scale."""
    versions = recording.versions[: len(sounds)]
    pictures = [version.spectrogram for version in versions]
    lowest = min((float(picture.min()) for picture in pictures), default=0.0)
    highest = max((float(picture.max()) for picture in pictures), default=0.0)
    return {
        "name": recording.name,
        "label": recording.label,
        "note": recording.note,
        "lowest": lowest,
        "highest": highest,
        "left_out": len(recording.versions) - len(sounds),
        "versions": [
            {
                **_version(version, recording, sound),
                "picture": picture_png(version.spectrogram, lowest, highest, colour_map),
            }
            for version, sound in zip(versions, sounds, strict=True)
        ],
    }


def _version(version: Version, recording: Recording, sound: str) -> dict[str, Any]:
    clean = recording.versions[0].waveform
    excess = level_above(clean, version.waveform)
    quality = dict(version.quality)
    if version.sound["kind"] in WITHOUT_PHASE:
        quality |= {"snr_db": "", "si_sdr_db": ""}
    return {
        "title": title(version.sound),
        "sound": sound,
        "loud": excess if excess >= LOUD else None,
        # At this volume it is as loud as the clean recording.
        "volume": 10 ** (-max(excess, 0) / 20),
        "predicted": _heard(version.predicted, recording.label),
        "transcripts": [
            {"recogniser": name, "text": row["transcript"], **_heard(row["heard"], row["label"])}
            for name, row in version.transcripts.items()
        ],
        "numbers": {words: _number(quality[column], form) for words, column, form in QUALITY_SHOWN},
        "clipped": float(quality["clipped"]),
        "remark": quality["note"],
    }


QUALITY_SHOWN = (
    ("SNR, dB", "snr_db", ".1f"),
    ("SI-SDR, dB", "si_sdr_db", ".1f"),
    ("PESQ", "pesq", ".2f"),
    ("STOI", "stoi", ".2f"),
)
"""Title, column and format of each number of :mod:`mishear.quality` on the page."""


def _number(text: str, form: str) -> str:
    if not text:
        return "–"
    value = float(text)
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return format(value, form).replace("-", "−")


def _heard(heard: str | None, label: str) -> dict[str, Any]:
    """A class heard, and whether it is right; None and empty are no class."""
    return {"heard": heard or "", "right": heard == label, "listened": heard is not None}


def level_above(clean: np.ndarray, changed: np.ndarray) -> float:
    """How much louder a recording is than its clean version, in dB, over the active speech.

    Both without their mean, which is not heard.

    Parameters
    ----------
    clean, changed
        Shape (samples,), full scale is -1 to 1.
    """
    speech = active_speech(clean)
    if speech.start == speech.stop:
        speech = slice(None)
    levels = (max(float(np.std(np.float64(each[speech]))), 1 / STEPS) for each in (clean, changed))
    before, after = levels
    return 20 * math.log10(after / before)


def picture_png(spectrogram: np.ndarray, lowest: float, highest: float, colour_map: str) -> str:
    """A spectrogram as a PNG of one pixel a point, low bands at the bottom, as base64.

    Parameters
    ----------
    spectrogram
        Shape (n_mels, frames), dB.
    lowest, highest
        dB; the ends of the colour map.
    colour_map
        Matplotlib's name.
    """
    from matplotlib.image import imsave

    file = io.BytesIO()
    imsave(
        file,
        spectrogram,
        vmin=lowest,
        vmax=highest,
        cmap=colour_map,
        origin="lower",
        format="png",
        metadata={"Software": None},
        pil_kwargs={"optimize": True},
    )
    return base64.b64encode(file.getvalue()).decode("ascii")
