"""Matrices of rates, shaded and with the rates and their intervals in the cells."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

# Inside the cells the colours must not follow the reader's colour scheme.
DARK_TEXT, LIGHT_TEXT = "#101418", "#ffffff"
MANY = 10
"""Columns from which on the text is smaller."""

Cell = tuple[int, int]
"""Numbers of a row and a column."""


def draw_rates(
    axes: Axes, cells: Mapping[Cell, Any], rows: Sequence[str], columns: Sequence[str]
) -> None:
    """Draw a matrix of success rates.

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
    size = 7.5 if len(columns) < MANY else 6
    for (row, column), found in cells.items():
        rates[row, column] = found.success_rate
        colour = LIGHT_TEXT if found.success_rate > 0.55 else DARK_TEXT
        text = f"{found.success_rate:.2f}\n{found.success_low:.2f} to {found.success_high:.2f}"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=size)
    axes.imshow(rates, cmap="Blues", vmin=0, vmax=1, interpolation="none", aspect="auto")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0, labelsize=8.5)
