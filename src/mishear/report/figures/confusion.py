"""Confusion matrices: clean, and under each attack."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from mishear.core.units import sized
from mishear.evaluation.results import Results as Evaluated
from mishear.evaluation.results import read_results
from mishear.features.bounds import read_unit
from mishear.features.split import read_split
from mishear.paper.results import Results
from mishear.report.drawing.media import text_points
from mishear.report.drawing.style import drawing
from mishear.study.figure_types import Figure
from mishear.study.paths import number_name
from mishear.study.reported import ReportedStudy

# Inside the cells the colours must not follow the reader's colour scheme.
DARK_TEXT, LIGHT_TEXT = "#101418", "#ffffff"
MOST_CLASSES_WITH_COUNTS = 16
COLUMNS = 3
PANEL_HEIGHT = 3.7
"""Inches: a third of the width, and room for a title and a label."""


def draw(
    figure: Figure, inputs: Mapping[str, Path], options: Mapping[str, Any], path: Path
) -> None:
    """Draw the figure, see :mod:`mishear.report.figures`."""
    draw_confusion(
        [
            {**evaluation, "results": read_results(inputs[key])}
            for key, evaluation in options["evaluations"].items()
        ],
        classes=read_split(inputs["split"]).classes,
        unit=read_unit(inputs["unit"]),
        path=path,
    )


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    return (
        "Predicted against true class: counts of test recordings, shaded by their fraction of the "
        "true class. The number above each matrix is the accuracy. First seed."
    )


def alternative(figure: Figure, results: Results) -> str:
    """Describe the figure."""
    return f"Confusion matrices of recipe {figure.recipe}, clean and under each attack."


def confusion(results: Evaluated, column: str, classes: Sequence[str]) -> np.ndarray:
    """Counts of recordings by true class (rows) and predicted class (columns)."""
    number = {label: position for position, label in enumerate(classes)}
    counts = np.zeros((len(classes), len(classes)), dtype=int)
    for label, predicted in zip(results.column("label"), results.column(column), strict=True):
        counts[number[label], number[predicted]] += 1
    return counts


def draw_confusion(
    evaluations: Sequence[Mapping[str, Any]], classes: Sequence[str], unit: str, path: Path
) -> None:
    """Draw a matrix for the clean recordings and one for each attack.

    Parameters
    ----------
    evaluations
        ``attack``, ``eps`` and ``results`` of each evaluation.
    classes
        Labels in their order.
    unit
        Of the network's inputs.
    path
        The SVG file.
    """
    panels = [("clean", confusion(evaluations[0]["results"], "clean_prediction", classes))]
    for evaluation in evaluations:
        eps = evaluation["eps"]
        limit = "no limit" if np.isinf(eps) else f"eps {sized(number_name(eps), unit)}"
        counts = confusion(evaluation["results"], "adversarial_prediction", classes)
        panels.append((f"{evaluation['attack']}, {limit}", counts))
    lines = -(-len(panels) // COLUMNS)
    with drawing(path, height=PANEL_HEIGHT * lines, width=9.4) as figure:
        grid = figure.subplots(lines, COLUMNS, squeeze=False).ravel()
        for axes, (title, counts) in zip(grid, panels, strict=False):
            _draw_matrix(axes, counts, classes)
            accuracy = counts.trace() / counts.sum()
            axes.set_title(f"{title}: {accuracy:.3f}", fontsize=text_points(9.5))
        for axes in grid[len(panels) :]:
            axes.remove()


def _draw_matrix(axes: Axes, counts: np.ndarray, classes: Sequence[str]) -> None:
    fractions = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(fractions, cmap="Blues", vmin=0, vmax=1, interpolation="none")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_xticks(range(len(classes)), classes)
    axes.set_yticks(range(len(classes)), classes)
    axes.tick_params(length=0, labelsize=text_points(8.5))
    if max(map(len, classes)) > 2:
        axes.tick_params(axis="x", rotation=90)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    if len(classes) > MOST_CLASSES_WITH_COUNTS:
        return
    for (true, predicted), count in np.ndenumerate(counts):
        if count:
            colour = LIGHT_TEXT if fractions[true, predicted] > 0.55 else DARK_TEXT
            axes.text(
                predicted,
                true,
                str(count),
                ha="center",
                va="center",
                color=colour,
                fontsize=text_points(7.5),
            )
