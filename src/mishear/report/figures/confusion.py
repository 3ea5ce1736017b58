"""Which class is heard as which: clean, and under each attack."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from mishear.report.figures.style import drawing
from mishear.study.plan import number_name

# Inside the cells the colours must not follow the reader's colour scheme.
DARK_TEXT, LIGHT_TEXT = "#101418", "#ffffff"
MOST_CLASSES_WITH_COUNTS = 16
COLUMNS = 3
PANEL_HEIGHT = 3.7
"""Inches: a third of the width, and room for a title and a label."""


def confusion(rows: Sequence[Mapping[str, str]], column: str, classes: Sequence[str]) -> np.ndarray:
    """Counts of recordings by true class (rows) and predicted class (columns)."""
    number = {label: position for position, label in enumerate(classes)}
    counts = np.zeros((len(classes), len(classes)), dtype=int)
    for row in rows:
        counts[number[row["label"]], number[row[column]]] += 1
    return counts


def draw_confusion(
    attacks: Sequence[tuple[str, float]],
    results: Sequence[Sequence[Mapping[str, str]]],
    classes: Sequence[str],
    path: Path,
) -> None:
    """A matrix for the clean recordings and one for each attack.

    Parameters
    ----------
    attacks
        Name and eps (dB) of each.
    results
        For each the rows of its evaluation.
    classes
        Labels in their order.
    path
        The SVG file.
    """
    panels = [("clean", confusion(results[0], "clean_prediction", classes))]
    for (attack, eps), rows in zip(attacks, results, strict=True):
        limit = "no limit" if np.isinf(eps) else f"eps {number_name(eps)} dB"
        title = f"{attack}, {limit}"
        panels.append((title, confusion(rows, "adversarial_prediction", classes)))
    lines = -(-len(panels) // COLUMNS)
    with drawing(path, height=PANEL_HEIGHT * lines, width=9.4) as figure:
        grid = figure.subplots(lines, COLUMNS, squeeze=False).ravel()
        for axes, (title, counts) in zip(grid, panels, strict=False):
            _draw_matrix(axes, counts, classes)
            accuracy = counts.trace() / counts.sum()
            axes.set_title(f"{title}: {accuracy:.3f}", fontsize=9.5)
        for axes in grid[len(panels) :]:
            axes.remove()


def _draw_matrix(axes: Axes, counts: np.ndarray, classes: Sequence[str]) -> None:
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, interpolation="none")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_xticks(range(len(classes)), classes)
    axes.set_yticks(range(len(classes)), classes)
    axes.tick_params(length=0, labelsize=8.5)
    if max(map(len, classes)) > 2:
        axes.tick_params(axis="x", rotation=90)
    axes.set_xlabel("heard as")
    axes.set_ylabel("spoken")
    if len(classes) > MOST_CLASSES_WITH_COUNTS:
        return
    for (spoken, heard), count in np.ndenumerate(counts):
        if count:
            colour = LIGHT_TEXT if shares[spoken, heard] > 0.55 else DARK_TEXT
            axes.text(
                heard, spoken, str(count), ha="center", va="center", color=colour, fontsize=7.5
            )
