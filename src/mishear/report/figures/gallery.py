"""Inputs of the network: clean, adversarial, and their difference."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from mishear.core.units import labelled, sized
from mishear.evaluation.recordings import gallery_positions
from mishear.features.bounds import read_unit
from mishear.features.split import read_split
from mishear.paper.results import Results
from mishear.report.drawing.inputs import colour_bar, draw_input, is_line
from mishear.report.drawing.media import is_printed, text_points
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
    draw_gallery(examples, figure.attack, read_unit(inputs["unit"]), options["colour_map"], path)


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    return (
        f"{figure.attack}, {limit(figure.eps, study.units[figure.front_end])}: recordings clean, "
        f"adversarial, and the difference, with the class that each is classified as. First seed."
    )


def alternative(figure: Figure, results: Results) -> str:
    """Describe the figure."""
    return (
        f"Inputs of the network clean, after {figure.attack} with "
        f"{limit(figure.eps, results.unit)}, and their differences; recipe {figure.recipe}."
    )


def draw_gallery(
    examples: Mapping[str, np.ndarray], attack: str, unit: str, colour_map: str, path: Path
) -> None:
    """Draw a row for each recording: clean, adversarial, and their difference.

    Parameters
    ----------
    examples
        As :func:`mishear.evaluation.results.write_examples` keeps them.
    attack
        Name of the attack.
    unit
        Of the inputs.
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
        lines = is_line(clean[0])
        shared = "col" if lines else True
        grid = figure.subplots(len(clean), 3, squeeze=False, sharex=True, sharey=shared)
        for position, row in enumerate(grid):
            draw_input(row[0], clean[position], levels, colour_map)
            draw_input(row[1], adversarial[position], levels, colour_map)
            draw_input(row[2], difference[position], changes, DIFFERENCES)
            _name_row(row, examples, position, attack)
            row[0].set_ylabel(
                f"class {examples['label'][position]}\n{unit if lines else 'channel'}"
            )
            row[2].set_title(_size(difference[position], unit), fontsize=text_points(9))
        for axes in grid[-1]:
            axes.set_xlabel("sample" if lines else "frame")
        if not lines:
            colour_bar(figure, grid[:, :2], levels, colour_map, labelled("level", unit))
            colour_bar(figure, grid[:, 2:], changes, DIFFERENCES, labelled("change", unit))


def _name_row(
    row: Sequence[Axes], examples: Mapping[str, np.ndarray], position: int, attack: str
) -> None:
    classified = ": " if is_printed() else ", classified as "
    for axes, name, prediction in (
        (row[0], "clean", examples["clean_prediction"][position]),
        (row[1], attack, examples["adversarial_prediction"][position]),
    ):
        axes.set_title(f"{name}{classified}{prediction}", fontsize=text_points(9))


def _size(change: np.ndarray, unit: str) -> str:
    largest = sized(f"{np.abs(change).max():.2g}", unit)
    between = "\n" if is_printed() else ", "
    return f"L2 {np.linalg.norm(change):.2g}{between}L∞ {largest}"
