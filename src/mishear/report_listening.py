"""What the report says of sound: the tables in it, and the page on which recordings are played."""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mishear.audio import sixteen_bit
from mishear.figures.listening import ears_over_seeds
from mishear.files import atomic_path
from mishear.pages import environment
from mishear.paper import POISONING
from mishear.plan import number_name
from mishear.reading import Measured, measured

MEGABYTES = 10
"""Largest size of all that can be played on a page."""

LOUDER = 6.0
"""dB above the clean recording from which the page warns."""

GOOD = 4.0
"""PESQ from which a recording is said to sound the same: "good" on the listening-quality scale of
ITU-T P.800, to which P.862.2 maps its scores."""

DRAWN_DIFFERENTLY = 1.0
"""dB, mean change of the spectrogram from which it is said to be drawn differently."""


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
    example: "Example | None" = field(default=None)


@dataclass(frozen=True)
class Example:
    """What is left of the paper's claim on one recording: a row for each amplitude, a verdict."""

    rows: Sequence[Mapping[str, Any]]
    verdict: str


def title(kind: str, name: str | None, eps: float | None, budget: str | None) -> str:
    """A version of a recording in words; the arguments are columns of ``ears.csv``."""
    size = "" if eps is None else number_name(eps)
    match kind, budget:
        case "poisoned", _:
            return f"{name}, amplitude {size}"
        case "waveform", "snr":
            return f"{name}, SNR at least {size} dB"
        case "waveform", _:
            return f"{name}, eps {size} of full scale"
        case "inverted", _:
            return f"{name} on the spectrogram, eps {size} dB, turned back to sound"
        case "round-trip", _:
            return "clean spectrogram turned back to sound"
    return "clean"


def paper_example(
    played: Played, poisoned: Mapping[float, Version], table: pd.DataFrame, reference: str
) -> Example:
    """The paper's recording of "one": does it sound the same, look different, stay recognised?

    Parameters
    ----------
    played
        The recording.
    poisoned
        For each amplitude the recording with noise.
    table
        Rows of :func:`mishear.reading.over_seeds` for this noise.
    reference
        The training without poison.
    """
    clean = played.versions[0]
    rows = [
        _example_row(clean, version, amplitude, table, reference, played.label)
        for amplitude, version in sorted(poisoned.items())
    ]
    return Example(rows, _verdict(rows))


def _example_row(
    clean: Version,
    version: Version,
    amplitude: float,
    table: pd.DataFrame,
    reference: str,
    label: str,
) -> dict[str, Any]:
    at = table[table.eps == amplitude]
    trained = at[at.poison.notna()]
    trained = trained[trained.poison_share == trained.poison_share.max()]
    pesq = version.quality["pesq"]
    change = float(np.abs(version.spectrogram - clean.spectrogram).mean())
    pairs = list(zip(clean.heard, version.heard, strict=True))
    return {
        "amplitude": amplitude,
        "unpoisoned": _first(at[at.recipe == reference]),
        "trained": _first(trained),
        "pesq": pesq,
        "change": change,
        "same": pesq is not None and pesq >= GOOD,
        "different": change >= DRAWN_DIFFERENTLY,
        "transcripts": [
            f"{before.recogniser}: {_said(before)} → {_said(after)}" for before, after in pairs
        ],
        "recognised": all(both.label == label for pair in pairs for both in pair) and bool(pairs),
    }


def _said(heard: Heard) -> str:
    return heard.transcript or "nothing"


def _first(rows: pd.DataFrame) -> Measured | None:
    return measured(next(rows.itertuples())) if len(rows) else None


def _verdict(rows: Sequence[Mapping[str, Any]]) -> str:
    """Whether the claim holds where the accuracy is nearest to the paper's."""
    texts = []
    for key, who in (
        ("unpoisoned", "a victim trained without noise"),
        ("trained", "a victim trained and tested on noise"),
    ):
        known = [row for row in rows if row[key]]
        if known:
            row = min(known, key=lambda row: abs(row[key].accuracy - POISONING.accuracy))
            texts.append(
                f"The accuracy of {who} is nearest to the paper's {POISONING.accuracy:.2f} at "
                f"amplitude {row['amplitude']:g} ({row[key].accuracy:.3f}). There {_parts(row)}"
            )
    return " ".join(texts)


def _parts(row: Mapping[str, Any]) -> str:
    quality = "was refused by PESQ" if row["pesq"] is None else f"has a PESQ of {row['pesq']:.2f}"
    same = "sounds the same" if row["same"] else "does not sound the same"
    drawn = "is drawn differently" if row["different"] else "is drawn alike"
    said = "is recognised in both forms" if row["recognised"] else "is not recognised in both forms"
    holds = row["same"] and row["different"] and row["recognised"]
    return (
        f"the recording {quality} and {same}, {drawn} (mean change {row['change']:.1f} dB), and "
        f"{said} ({'; '.join(row['transcripts']) or 'no recogniser listened'}): the claim "
        f"{'holds' if holds else 'does not hold'}."
    )


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
    shown, left_out = _within_size(recordings, sample_rate)
    page = (
        environment()
        .get_template("listening.html.j2")
        .render(
            study=study,
            setting=setting,
            victim=victim,
            recordings=[_recording(played, versions, colour_map) for played, versions in shown],
            left_out=left_out,
            megabytes=MEGABYTES,
            good=GOOD,
            different=DRAWN_DIFFERENTLY,
        )
    )
    with atomic_path(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def _within_size(
    recordings: Sequence[Played], sample_rate: int
) -> tuple[list[tuple[Played, list[tuple[Version, str]]]], int]:
    """Versions with their sound as text, as many as the page holds; and how many are left out."""
    room, left_out, shown = MEGABYTES * 10**6, 0, []
    for played in recordings:
        versions = []
        for version in played.versions:
            sound = flac(version.waveform, sample_rate)
            room -= len(sound)
            if room < 0:
                left_out += 1
            else:
                versions.append((version, sound))
        shown.append((played, versions))
    return shown, left_out


def flac(waveform: np.ndarray, sample_rate: int) -> str:
    """A recording as FLAC in base64: lossless, so what is played is what was classified."""
    import soundfile

    with io.BytesIO() as file:
        soundfile.write(file, sixteen_bit(waveform), sample_rate, "PCM_16", format="FLAC")
        return base64.b64encode(file.getvalue()).decode()


def png(spectrogram: np.ndarray, low: float, high: float, colour_map: str) -> str:
    """A spectrogram as PNG in base64, a pixel for each point, low frequencies below."""
    from matplotlib import colormaps
    from PIL import Image

    levels = (np.flipud(spectrogram) - low) / max(high - low, 1e-9)
    colours = colormaps[colour_map](levels, bytes=True)[..., :3]
    with io.BytesIO() as file:
        Image.fromarray(np.ascontiguousarray(colours)).save(file, format="PNG", optimize=True)
        return base64.b64encode(file.getvalue()).decode()


def _recording(
    played: Played, versions: Sequence[tuple[Version, str]], colour_map: str
) -> dict[str, Any]:
    spectrograms = [version.spectrogram for version in played.versions]
    low, high = min(s.min() for s in spectrograms), max(s.max() for s in spectrograms)
    loudness = _level(played.versions[0].waveform)
    return {
        "name": played.name,
        "label": played.label,
        "example": played.example,
        "versions": [
            {
                "title": version.title,
                "sound": sound,
                "image": png(version.spectrogram, low, high, colour_map),
                "predicted": version.predicted,
                "right": version.predicted == played.label,
                "heard": version.heard,
                "quality": version.quality,
                "note": version.note,
                "loud": _level(version.waveform) - loudness > LOUDER,
            }
            for version, sound in versions
        ],
    }


def _level(waveform: np.ndarray) -> float:
    return 10 * np.log10(np.mean(np.square(waveform, dtype=np.float64)) + 1e-12)


def listening_section(
    table: pd.DataFrame,
    ears: pd.DataFrame,
    inversions: pd.DataFrame,
    halves: pd.DataFrame,
    reference: str | None,
) -> dict[str, Any]:
    """What the report says of the sound of one corpus, front end and network.

    Parameters
    ----------
    table
        Rows of :func:`mishear.reading.over_seeds`, attacks on the waveform included.
    ears, inversions, halves
        Rows of ``ears.csv``, ``inversions.csv`` and ``snr_at_half.csv``.
    reference
        The training that stands for the study.
    """
    heard = ears_over_seeds(ears[ears.recipe.isna() | (ears.recipe == reference)])
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
                "kept_n": int(row.kept_n),
                **{hearing: _accuracy(row, hearing) for hearing in SHOWN_HEARINGS},
            }
            for row in inversions.itertuples()
        ],
        "amplitudes": [
            _amplitude(row, table, reference)
            for row in heard[heard.kind == "poisoned"].itertuples()
        ],
    }


SHOWN_HEARINGS = ("clean", "attacked", "round_trip", "inverted", "inverted_of_kept")


def _of(row: Any, name: str) -> Measured | None:
    values = [getattr(row, column) for column in (name, f"{name}_low", f"{name}_high")]
    return None if pd.isna(values[0]) else Measured(*map(float, values), n=int(row.n))


def _accuracy(row: Any, name: str) -> Measured | None:
    values = [getattr(row, f"{name}_{value}") for value in ("accuracy", "low", "high")]
    return None if pd.isna(values[0]) else Measured(*map(float, values), n=int(row.n))


def _amplitude(row: Any, table: pd.DataFrame, reference: str | None) -> dict[str, Any]:
    at = table[(table.attack == row.name) & (table.eps == row.eps) & (table.defence == "none")]
    trained = at[at.poison.notna() & at.detector.isna()]
    trained = trained[trained.poison_share == trained.poison_share.max()]
    return {
        "poison": row.name,
        "amplitude": row.eps,
        "snr_db": row.median_snr_db,
        "pesq": row.median_pesq,
        "stoi": row.median_stoi,
        "clipped": row.clipped,
        "recogniser": row.recogniser if pd.notna(row.recogniser) else "",
        "recognised": _of(row, "recognised"),
        "kept": _of(row, "kept"),
        "unpoisoned": _first(at[at.recipe == reference]),
        "trained": _first(trained),
    }
