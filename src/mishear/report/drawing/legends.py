"""Legends that are as narrow as their figure."""

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from mishear.report.drawing.media import LEAST, is_printed

HANDLE, LETTER = 0.55, 0.078
"""Inches that a legend takes for the sample of a line, and for each letter of its label."""


def legend_above(figure: Figure, handles: Sequence, columns: int) -> None:
    """Put a legend above all panels, where it cannot cover data.

    Parameters
    ----------
    figure
        The figure.
    handles
        What stands in the legend.
    columns
        At most; fewer where the labels are too long for them.
    """
    size = LEAST if is_printed() else 9
    room = figure.get_figwidth() * 9 / size
    for handle in handles:
        handle.set_label(textwrap.fill(handle.get_label(), int((room - HANDLE) / LETTER)))
    lengths = [len(handle.get_label()) for handle in handles]
    while columns > 1 and _width_of_legend(lengths, columns) > room:
        columns -= 1
    figure.legend(handles=list(handles), loc="outside upper left", ncols=columns, fontsize=size)


def _width_of_legend(lengths: Sequence[int], columns: int) -> float:
    """Return the inches that a legend takes, of labels with so many letters; filled by columns."""
    parts = [part for part in np.array_split(lengths, columns) if len(part)]
    return sum(HANDLE + LETTER * int(part.max()) for part in parts)
