"""Clean accuracy against worst-case accuracy of trainings and defences."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mishear.core.tables.over_seeds import ROBUSTNESS_OVER_SEEDS
from mishear.core.units import sized
from mishear.evaluation.measurements import (
    of_setting,
    on_inputs,
    shown_sizes,
)
from mishear.features.bounds import read_unit
from mishear.paper.results import Results
from mishear.report.drawing.style import (
    INK,
    MARKERS,
    MUTED,
    SERIES,
    accuracy_axis,
    drawing,
    legend_above,
)
from mishear.report.drawing.words import NORMS, intervals
from mishear.study.figure_types import Figure
from mishear.study.reported import ReportedStudy

PANEL_HEIGHT = 3.6

NARROW = 22
"""Characters of the longest name with which three stand side by side above a figure."""


def draw(
    figure: Figure, inputs: Mapping[str, Path], options: Mapping[str, Any], path: Path
) -> None:
    """Draw the figure, see :mod:`mishear.report.figures`."""
    table = ROBUSTNESS_OVER_SEEDS.frame(inputs["robustness_over_seeds"])
    rows = of_setting(table, figure.setting)
    draw_tradeoff(rows, unit=read_unit(inputs["unit"]), path=path, **options)


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    return (
        "Accuracy on clean recordings against worst-case accuracy: a recording counts as "
        "misclassified if any attack of the study succeeds on it, transfer or adaptive. Lines join "
        f"the trainings of one recipe. {intervals(len(study.seeds_of(figure)), 'Bars')}"
    )


def alternative(figure: Figure, results: Results) -> str:
    """Describe the figure."""
    return "Scatter plots of clean accuracy against worst-case accuracy, by eps."


def draw_tradeoff(
    robustness: pd.DataFrame,
    families: Mapping[str, str],
    labels: Mapping[str, str],
    eps: float,
    unit: str,
    path: Path,
) -> None:
    """Draw worst-case accuracy over all attacks against clean accuracy, a panel a norm and eps.

    Parameters
    ----------
    robustness
        Rows of ``robustness_over_seeds.csv`` of one corpus, front end and network.
    families
        The recipe of each training; the trainings of one recipe are joined by a line.
    labels
        What distinguishes each training of a sweep, such as ``eps0.5``.
    eps
        The size that is always shown.
    unit
        Of the network's inputs.
    path
        The SVG file.
    """
    table = on_inputs(robustness)
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
            axes.set_title(f"eps {sized(size, unit)}, {NORMS.get(norm, norm)}")
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
    accuracy_axis(axes, "worst-case accuracy")


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
