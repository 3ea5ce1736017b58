"""One recording, clean and poisoned at each amplitude."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from mishear.core.arrays import RowsInShards
from mishear.core.units import labelled
from mishear.evaluation.results import Results as Evaluated
from mishear.evaluation.results import read_results
from mishear.features.bounds import read_unit
from mishear.features.split import read_split
from mishear.features.waveforms import signal_to_noise_ratio
from mishear.paper.example import describe, recording_of_one
from mishear.paper.results import Results
from mishear.poisoning.base import Poison
from mishear.poisoning.building import build_poison
from mishear.report.drawing.inputs import colour_bar, draw_input, draw_range, is_line
from mishear.report.drawing.media import text_points
from mishear.report.drawing.style import drawing
from mishear.study.figure_types import Figure
from mishear.study.paths import number_name
from mishear.study.reported import ReportedStudy


def draw(
    figure: Figure, inputs: Mapping[str, Path], options: Mapping[str, Any], path: Path
) -> None:
    """Draw the figure, see :mod:`mishear.report.figures`."""
    division = read_split(inputs["split"])
    row = recording_of_one(division)
    name = str(division.recordings[row])
    sample_rate = options["sample_rate"]
    poisons = {key: build_poison(found) for key, found in options["poisons"].items()}
    shards = [file for key, file in inputs.items() if key.startswith("waveforms/")]
    waveforms = RowsInShards(shards, len(division.recordings))
    draw_recording(
        versions(
            waveforms[np.array([row])][0],
            str(division.contents[row]),
            clean=np.load(inputs["clean"], mmap_mode="r")[row, 0],
            poisoned=[
                (poison, np.load(inputs[f"poisoned/{amplitude}"], mmap_mode="r")[row, 0])
                for amplitude, poison in poisons.items()
            ],
            sample_rate=sample_rate,
            predicted=predictions(
                {
                    poison.amplitude: read_results(inputs[f"results/{amplitude}"])
                    for amplitude, poison in poisons.items()
                    if f"results/{amplitude}" in inputs
                },
                name,
            ),
        ),
        name=describe(division, row),
        sample_rate=sample_rate,
        unit=read_unit(inputs["unit"]),
        colour_map=options["colour_map"],
        path=path,
    )


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    return (
        "One test recording, clean and poisoned, with the class that the victim trained without "
        "poison predicts. SNR: power of the speech over the power of the change, over the active "
        "speech; left out where the speech itself is not changed."
    )


def alternative(figure: Figure, results: Results) -> str:
    """Describe the figure."""
    return (
        f"Waveform and network input of one recording, clean and with poison {figure.recipe} at "
        f"each amplitude."
    )


@dataclass(frozen=True)
class Version:
    """One recording, clean or with poison of one amplitude.

    Attributes
    ----------
    waveform : numpy.ndarray of shape (samples,)
    features : numpy.ndarray of shape (n_mels, frames) or another
        The input of the network.
    """

    title: str
    waveform: np.ndarray
    features: np.ndarray


def versions(
    waveform: np.ndarray,
    content: str,
    clean: np.ndarray,
    poisoned: Iterable[tuple[Poison, np.ndarray]],
    sample_rate: int,
    predicted: Mapping[float | None, str],
) -> list[Version]:
    """Poison a recording at each amplitude; the clean one comes first.

    Parameters
    ----------
    waveform
        Shape (samples,).
    content
        Hash of its audio; what is random in its poison is drawn from it.
    clean
        Its features.
    poisoned
        The poison at each amplitude with the features it makes.
    sample_rate
        Hz.
    predicted
        Predictions for the clean recording (None) and for each amplitude; may be empty.
    """
    found = [Version(_titled("clean", predicted.get(None)), waveform, clean)]
    for poison, features in poisoned:
        changed = poison.poisoned_waveform(waveform, content, sample_rate, in_training=False)
        ratio = signal_to_noise_ratio(waveform, changed)
        title = f"amplitude {number_name(poison.amplitude)}"
        if np.isfinite(ratio):
            title += f", SNR {ratio:.0f} dB"
        found.append(Version(_titled(title, predicted.get(poison.amplitude)), changed, features))
    return found


def predictions(results: Mapping[float, Evaluated], name: str) -> dict[float | None, str]:
    """Return what a victim predicts for one recording, clean (None) and at each amplitude.

    Parameters
    ----------
    results
        Those at each amplitude; empty where the study has no such victim.
    name
        Of the recording.
    """
    predicted: dict[float | None, str] = {}
    for amplitude, found in results.items():
        (row,) = found.of(np.array([name])).rows
        predicted[None] = row["clean_prediction"]
        predicted[amplitude] = row["adversarial_prediction"]
    return predicted


def _titled(title: str, prediction: str | None) -> str:
    return title if prediction is None else f"{title}, classified as {prediction}"


def draw_recording(
    recording: Sequence[Version],
    name: str,
    sample_rate: int,
    unit: str,
    colour_map: str,
    path: Path,
) -> None:
    """Draw waveform and network input of one recording, clean and with poison of each amplitude.

    Parameters
    ----------
    recording
        Its versions.
    name
        Of the recording, with its class.
    sample_rate
        Hz.
    unit
        Of the features.
    colour_map
        Matplotlib's name.
    path
        The SVG file.
    """
    levels = Normalize(
        min(version.features.min() for version in recording),
        max(version.features.max() for version in recording),
    )
    lines = is_line(recording[0].features)
    with drawing(path, height=1.55 * len(recording) + 0.9, width=6.8) as figure:
        figure.suptitle(name, x=0.01, ha="left", fontsize=text_points(9))
        grid = figure.subplots(len(recording), 2, squeeze=False, sharex="col")
        for (left, right), version in zip(grid, recording, strict=True):
            _draw_waveform(left, version.waveform, sample_rate)
            left.set_title(version.title, fontsize=text_points(9))
            draw_input(right, version.features, levels, colour_map)
            right.set_ylabel(unit if lines else "channel")
        grid[-1, 0].set_xlabel("seconds")
        grid[-1, 1].set_xlabel("sample" if lines else "frame")
        if not lines:
            colour_bar(figure, grid[:, 1:], levels, colour_map, labelled("level", unit))


def _draw_waveform(axes: Axes, waveform: np.ndarray, sample_rate: int) -> None:
    draw_range(axes, waveform, np.arange(len(waveform)) / sample_rate)
    axes.set_ylabel("amplitude")
