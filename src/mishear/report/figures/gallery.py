"""Spectrograms of recordings: clean, adversarial, and their difference."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from mishear.evaluation.recordings import gallery_positions
from mishear.features.split import read_split
from mishear.paper.results import Results
from mishear.report.drawing.spectrogram import colour_bar, draw_spectrogram
from mishear.report.drawing.style import drawing
from mishear.report.drawing.words import limit
from mishear.study.figure_types import Figure
from mishear.study.reported import ReportedStudy

DIFFERENCES = "RdBu_r"


def draw(
    figure: Figure, inputs: Mapping[str, Path], options: Mapping[str, Any], path: Path
) -> None:
    """Draw the figure, see :mod:`mishear.report.figures`."""
    rows = gallery_positions(read_split(inputs["split"]), options["recordings"])
    with np.load(inputs["examples"], allow_pickle=False) as kept:
        examples = {key: kept[key][rows] for key in kept.files}
    draw_gallery(examples, figure.attack, options["colour_map"], path)


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    return (
        f"{figure.attack}, {limit(figure.eps)}: recordings clean, adversarial, and the difference, "
        f"with the class that each is classified as. First seed."
    )


def alternative(figure: Figure, results: Results) -> str:
    """Describe the figure."""
    return (
        f"Spectrograms of recordings clean, after {figure.attack} with {limit(figure.eps)}, and "
        f"their differences; recipe {figure.recipe}."
    )


def draw_gallery(
    examples: Mapping[str, np.ndarray], attack: str, colour_map: str, path: Path
) -> None:
    """Draw a row for each recording: clean, adversarial, and their difference.

    Parameters
    ----------
    examples
        As :func:`mishear.evaluation.results.write_examples` keeps them.
    attack
        Name of the attack.
    colour_map
        Matplotlib's name of the colours of spectrograms.
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
            draw_spectrogram(row[0], clean[position], levels, colour_map)
            draw_spectrogram(row[1], adversarial[position], levels, colour_map)
            draw_spectrogram(row[2], difference[position], changes, DIFFERENCES)
            _name_row(row, examples, position, attack)
            row[2].set_title(_size(difference[position]), fontsize=9)
        for axes in grid[-1]:
            axes.set_xlabel("frame")
        colour_bar(figure, grid[:, :2], levels, colour_map, "level, dB")
        colour_bar(figure, grid[:, 2:], changes, DIFFERENCES, "change, dB")


def _name_row(
    row: Sequence[Axes], examples: Mapping[str, np.ndarray], position: int, attack: str
) -> None:
    label = examples["label"][position]
    row[0].set_ylabel(f"class {label}\nmel band")
    row[0].set_title(f"clean, classified as {examples['clean_prediction'][position]}", fontsize=9)
    row[1].set_title(
        f"{attack}, classified as {examples['adversarial_prediction'][position]}", fontsize=9
    )


def _size(change: np.ndarray) -> str:
    return f"L2 {np.linalg.norm(change):.1f}, L∞ {np.abs(change).max():.2f} dB"
