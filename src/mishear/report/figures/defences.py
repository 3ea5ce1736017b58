"""What defences cost and what they hold: clean accuracy against the worst case under attack."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mishear.evaluation.measurements import on_spectrograms, shown_sizes
from mishear.report.figures.curves import NORMS
from mishear.report.figures.style import (
    INK,
    MARKERS,
    MUTED,
    SERIES,
    accuracy_axis,
    drawing,
    legend_above,
)

PANEL_HEIGHT = 3.6

NARROW = 22
"""Letters of a name of which three stand side by side above a figure."""


def draw_tradeoff(
    robustness: pd.DataFrame,
    families: Mapping[str, str],
    labels: Mapping[str, str],
    eps: float,
    path: Path,
) -> None:
    """Accuracy in the worst case over all attacks against clean accuracy.

    There is a panel for each norm and eps.

    Parameters
    ----------
    robustness
        Rows of one corpus, front end and network, see
        :func:`mishear.evaluation.measurements.read_robustness`.
    families
        For each training its recipe; the trainings of one recipe are joined by a line.
    labels
        For each training of a sweep what distinguishes it, such as ``eps 0.5``.
    eps
        dB; the size that is shown in any case.
    path
        The SVG file.
    """
    table = on_spectrograms(robustness)
    table = table[np.isfinite(table.eps)]
    table = table.assign(family=table.recipe.map(families))
    panels = [
        (norm, size, rows[rows.eps == size])
        for norm, rows in table.groupby("norm", sort=False)
        for size in shown_sizes(rows.eps, eps)
    ]
    colours = dict(zip(table.family.unique(), SERIES * 9, strict=False))
    markers = dict(zip(table.defence.unique(), MARKERS * 9, strict=False))
    with drawing(path, height=PANEL_HEIGHT * len(panels) + 0.7) as figure:
        grid = figure.subplots(len(panels), squeeze=False, sharex=True)[:, 0]
        for axes, (norm, size, rows) in zip(grid, panels, strict=True):
            _draw_panel(axes, rows, colours, markers, labels)
            axes.set_title(f"eps {size:g} dB, {NORMS.get(norm, norm)}")
        grid[-1].set_xlabel("accuracy on clean recordings")
        handles = _handles(colours, markers)
        longest = max(len(handle.get_label()) for handle in handles)
        legend_above(figure, handles, columns=3 if longest <= NARROW else 2)


def _draw_panel(
    axes: Axes,
    rows: pd.DataFrame,
    colours: Mapping[str, str],
    markers: Mapping[str, str],
    labels: Mapping[str, str],
) -> None:
    for (family, defence), line in rows.groupby(["family", "defence"], sort=False):
        axes.errorbar(
            line.clean_accuracy,
            line.worst_accuracy,
            xerr=[line.clean_accuracy - line.clean_low, line.clean_high - line.clean_accuracy],
            yerr=[line.worst_accuracy - line.worst_low, line.worst_high - line.worst_accuracy],
            color=colours[family],
            marker=markers[defence],
            elinewidth=0.7,
            linewidth=1.2,
        )
        if defence == "none":
            for row in line.itertuples():
                _label(axes, row, labels.get(row.recipe, ""))
    accuracy_axis(axes, "accuracy, worst case")


def _label(axes: Axes, row, text: str) -> None:
    axes.annotate(
        text,
        (row.clean_accuracy, row.worst_accuracy),
        xytext=(5, 4),
        textcoords="offset points",
        color=MUTED,
        fontsize=8,
    )


def _handles(colours: Mapping[str, str], markers: Mapping[str, str]) -> list[Line2D]:
    recipes = [
        Line2D([], [], color=colour, label=f"recipe {name}") for name, colour in colours.items()
    ]
    defences = [
        Line2D([], [], color=INK, marker=marker, linestyle="", label=f"defence {name}")
        for name, marker in markers.items()
    ]
    return [*recipes, *(defences if len(defences) > 1 else [])]


def draw_certificates(certificates: pd.DataFrame, names: Sequence[str], path: Path) -> None:
    """Certified accuracy against the L2 radius.

    Parameters
    ----------
    certificates
        Rows of one corpus, front end and network of ``certificates.csv``.
    names
        The study's certified defences in its order.
    path
        The SVG file.
    """
    with drawing(path, height=PANEL_HEIGHT + 0.5) as figure:
        axes = figure.subplots()
        handles = []
        groups = certificates.groupby(["recipe", "defence"], sort=False)
        for colour, ((recipe, defence), rows) in zip(SERIES * 9, groups, strict=False):
            dashes = ["-", "--", "-.", ":"][list(names).index(defence) % 4]
            for _, seed in rows.groupby("seed"):
                axes.fill_between(seed.radius, seed.ci_low, seed.ci_high, color=colour, alpha=0.16)
                axes.plot(seed.radius, seed.certified_accuracy, color=colour, linestyle=dashes)
            label = f"{recipe} behind {defence}"
            handles.append(Line2D([], [], color=colour, linestyle=dashes, label=label))
        axes.set_xlim(left=0)
        axes.set_xlabel("L2 change of the spectrogram, dB")
        accuracy_axis(axes, "certified accuracy")
        legend_above(figure, handles, columns=2)
