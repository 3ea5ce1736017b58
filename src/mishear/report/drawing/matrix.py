"""Matrices of rates, shaded and with the rates and their intervals in the cells."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from mishear.report.drawing.media import text_points

# Inside the cells the colours must not follow the reader's colour scheme.
DARK_TEXT, LIGHT_TEXT = "#101418", "#ffffff"
INTERVALS, NUMBERS = 38.0, 13.0
"""Points that a column needs to hold rates with their intervals, and rates alone."""
LETTER = 5.0
"""Points that a letter of a label takes."""
LABELS = 0.85
"""Of the width of a figure, without the labels of the rows."""

Cell = tuple[int, int]
"""Numbers of a row and a column."""


def draw_rates(
    axes: Axes, cells: Mapping[Cell, Any], rows: Sequence[str], columns: Sequence[str]
) -> None:
    """Draw a matrix of success rates, with their intervals where columns are wide enough for them.

    Parameters
    ----------
    axes
        The panel.
    cells
        For each cell that is not empty a row of a table with ``success_rate``, ``success_low`` and
        ``success_high``.
    rows, columns
        Their labels.
    """
    rates = np.full((len(rows), len(columns)), np.nan)
    room = axes.get_figure().get_figwidth() * 72 * LABELS / len(columns)
    for (row, column), found in cells.items():
        rates[row, column] = found.success_rate
        colour = LIGHT_TEXT if found.success_rate > 0.55 else DARK_TEXT
        text = _written(found, room)
        axes.text(
            column, row, text, ha="center", va="center", color=colour, fontsize=text_points(7.5)
        )
    image = axes.imshow(rates, cmap="Blues", vmin=0, vmax=1, interpolation="none", aspect="auto")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0, labelsize=text_points(8.5))
    if max(map(len, columns)) * LETTER > room:
        axes.tick_params(axis="x", rotation=90)
    if room < NUMBERS:
        axes.get_figure().colorbar(image, ax=axes, label="success rate", shrink=0.5)


def _written(found: Any, room: float) -> str:
    """Write a rate and its interval, as much of it as there is room for, in points."""
    if room < NUMBERS:
        return ""
    if room < INTERVALS:
        return f"{found.success_rate:.2f}".removeprefix("0")
    return f"{found.success_rate:.2f}\n{found.success_low:.2f}–{found.success_high:.2f}"
