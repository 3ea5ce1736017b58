"""Recordings as they are heard and as they are misheard."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from mishear.features.split import Division
from mishear.features.waveforms import signal_to_noise_ratio
from mishear.poisoning.poisons import Poison
from mishear.report.figures.style import INK, drawing
from mishear.study.plan import number_name

DIFFERENCES = "RdBu_r"
ENVELOPE_BINS = 500
ONE = ("1", "one")


def draw_gallery(
    examples: Mapping[str, np.ndarray], attack: str, colour_map: str, path: Path
) -> None:
    """A row for each recording: clean, adversarial, and their difference.

    Parameters
    ----------
    examples
        As :func:`mishear.evaluation.results.write_examples` keeps them.
    attack
        Its name.
    colour_map
        Matplotlib's name, of spectrograms.
    path
        The SVG file.
    """
    clean, adversarial = examples["clean"][:, 0], examples["adversarial"][:, 0]
    difference = adversarial - clean
    levels = Normalize(min(clean.min(), adversarial.min()), max(clean.max(), adversarial.max()))
    largest = float(np.abs(difference).max()) or 1.0
    changes = Normalize(-largest, largest)
    with drawing(path, height=1.75 * len(clean) + 0.9, width=6.8) as figure:
        grid = figure.subplots(len(clean), 3, squeeze=False, sharex=True, sharey=True)
        for position, row in enumerate(grid):
            _draw_spectrogram(row[0], clean[position], levels, colour_map)
            _draw_spectrogram(row[1], adversarial[position], levels, colour_map)
            _draw_spectrogram(row[2], difference[position], changes, DIFFERENCES)
            _name_row(row, examples, position, attack)
            row[2].set_title(_size(difference[position]), fontsize=9)
        for axes in grid[-1]:
            axes.set_xlabel("frame")
        _bar(figure, grid[:, :2], levels, colour_map, "level, dB")
        _bar(figure, grid[:, 2:], changes, DIFFERENCES, "change, dB")


def _name_row(
    row: Sequence[Axes], examples: Mapping[str, np.ndarray], position: int, attack: str
) -> None:
    label = examples["label"][position]
    row[0].set_ylabel(f"class {label}\nmel band")
    row[0].set_title(f"clean, heard as {examples['clean_prediction'][position]}", fontsize=9)
    row[1].set_title(
        f"{attack}, heard as {examples['adversarial_prediction'][position]}", fontsize=9
    )


def _size(change: np.ndarray) -> str:
    return f"L2 {np.linalg.norm(change):.1f}, L∞ {np.abs(change).max():.2f} dB"


def _draw_spectrogram(axes: Axes, values: np.ndarray, levels: Normalize, colour_map: str) -> None:
    axes.imshow(
        values, origin="lower", aspect="auto", cmap=colour_map, norm=levels, interpolation="none"
    )
    axes.grid(visible=False)


def _bar(figure: Figure, axes: np.ndarray, levels: Normalize, colour_map: str, label: str) -> None:
    figure.colorbar(
        ScalarMappable(levels, colour_map),
        ax=axes.ravel().tolist(),
        location="bottom",
        label=label,
        aspect=30,
        shrink=0.8,
    )


@dataclass(frozen=True)
class Version:
    """One recording, clean or with poison of one amplitude.

    Attributes
    ----------
    waveform : numpy.ndarray of shape (samples,)
    spectrogram : numpy.ndarray of shape (n_mels, frames), dB
    """

    title: str
    waveform: np.ndarray
    spectrogram: np.ndarray


def recording_of_one(division: Division) -> int:
    """Row of the first test recording of the word "one", or else of the first class."""
    names = [label for label in division.classes if label.lower() in ONE]
    label = names[0] if names else division.classes[0]
    test = division.rows("test")
    return int(test[division.labels[test] == label][0])


def describe(division: Division, row: int) -> str:
    """Name and class of a recording, and whether it is the word of the paper's example."""
    label = division.labels[row]
    ending = "" if label.lower() in ONE else '; there is no class "one"'
    return f"{division.recordings[row]} (class {label}{ending})"


def versions(
    waveform: np.ndarray,
    name: str,
    clean: np.ndarray,
    poisoned: Iterable[tuple[Poison, np.ndarray]],
    sample_rate: int,
    heard: Mapping[float | None, str],
) -> list[Version]:
    """A recording as it is and with poison of each amplitude.

    Parameters
    ----------
    waveform
        Shape (samples,).
    name
        Of the recording; what is random in its poison is drawn from it.
    clean
        Its spectrogram, dB.
    poisoned
        The poison at each amplitude with the spectrogram it makes, dB.
    sample_rate
        Hz.
    heard
        Predictions for the clean recording (None) and for each amplitude; may be empty.
    """
    found = [Version(_heard("clean", heard.get(None)), waveform, clean)]
    for poison, spectrogram in poisoned:
        changed = poison.poisoned_waveform(waveform, name, sample_rate, in_training=False)
        ratio = signal_to_noise_ratio(waveform, changed)
        title = f"amplitude {number_name(poison.amplitude)}"
        if np.isfinite(ratio):
            title += f", SNR {ratio:.0f} dB"
        found.append(Version(_heard(title, heard.get(poison.amplitude)), changed, spectrogram))
    return found


def predictions(
    amplitudes: Sequence[float], results: Sequence[Sequence[Mapping[str, str]]], name: str
) -> dict[float | None, str]:
    """What a victim heard in one recording, clean (None) and at each amplitude.

    Parameters
    ----------
    amplitudes
        Of the evaluations.
    results
        For each the rows of its evaluation; none at all where the study has no such victim.
    name
        Of the recording.
    """
    heard: dict[float | None, str] = {}
    for amplitude, rows in zip(amplitudes, results, strict=False):
        row = next(row for row in rows if row["recording"] == name)
        heard[None] = row["clean_prediction"]
        heard[amplitude] = row["adversarial_prediction"]
    return heard


def _heard(title: str, prediction: str | None) -> str:
    return f"{title}, heard as {prediction}" if prediction is not None else title


def draw_recording(
    recording: Sequence[Version], name: str, sample_rate: int, colour_map: str, path: Path
) -> None:
    """Waveform and spectrogram of one recording, clean and with poison of each amplitude.

    Parameters
    ----------
    recording
        Its versions.
    name
        Of the recording, with its class.
    sample_rate
        Hz.
    colour_map
        Matplotlib's name.
    path
        The SVG file.
    """
    levels = Normalize(
        min(version.spectrogram.min() for version in recording),
        max(version.spectrogram.max() for version in recording),
    )
    seconds = len(recording[0].waveform) / sample_rate
    with drawing(path, height=1.55 * len(recording) + 0.9, width=6.8) as figure:
        figure.suptitle(name, x=0.01, ha="left", fontsize=9)
        grid = figure.subplots(len(recording), 2, squeeze=False, sharex="col")
        for (left, right), version in zip(grid, recording, strict=True):
            _draw_waveform(left, version.waveform, seconds)
            left.set_title(version.title, fontsize=9)
            _draw_spectrogram(right, version.spectrogram, levels, colour_map)
            right.set_ylabel("mel band")
        grid[-1, 0].set_xlabel("seconds")
        grid[-1, 1].set_xlabel("frame")
        _bar(figure, grid[:, 1:], levels, colour_map, "level, dB")


def _draw_waveform(axes: Axes, waveform: np.ndarray, seconds: float) -> None:
    """The range of the samples in short stretches: all that can be seen, at a small size."""
    stretches = np.array_split(waveform, min(ENVELOPE_BINS, len(waveform)))
    times = np.linspace(0, seconds, len(stretches), endpoint=False)
    axes.fill_between(
        times,
        [stretch.min() for stretch in stretches],
        [stretch.max() for stretch in stretches],
        color=INK,
        linewidth=0.4,
    )
    axes.set_xlim(0, seconds)
    axes.set_ylabel("amplitude")
