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
from mishear.report.drawing.legends import legend_above
from mishear.report.drawing.media import text_points
from mishear.report.drawing.style import (
    INK,
    MARKERS,
    MUTED,
    SERIES,
    accuracy_axis,
    drawing,
)
from mishear.report.drawing.words import NORMS, intervals
from mishear.study.figure_types import Figure
from mishear.study.reported import ReportedStudy

PANEL_HEIGHT = 3.6


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
    named = {recipe: labels.get(recipe) or family for recipe, family in families.items()}
    colours = dict(zip(table.family.unique(), SERIES * 9, strict=False))
    markers = _markers(table)
    with drawing(path, height=PANEL_HEIGHT * len(panels) + 0.7) as figure:
        grid = figure.subplots(len(panels), squeeze=False, sharex=True)[:, 0]
        for axes, (norm, size, rows) in zip(grid, panels, strict=True):
            _draw_panel(axes, rows, colours, markers, labels if len(colours) == 1 else named)
            axes.set_title(f"eps {sized(size, unit)}, {NORMS.get(norm, norm)}")
        grid[-1].set_xlabel("accuracy on clean recordings")
        handles = _handles(colours, markers)
        legend_above(figure, handles, columns=3)


def _draw_panel(
    axes: Axes,
    rows: pd.DataFrame,
    colours: Mapping[str, str],
    markers: Mapping[tuple[str, str], str],
    labels: Mapping[str, str],
) -> None:
    for (family, defence), line in rows.groupby(["family", "defence"], sort=False):
        axes.errorbar(
            line.clean_accuracy,
            line.worst_accuracy,
            xerr=[line.clean_accuracy - line.clean_low, line.clean_high - line.clean_accuracy],
            yerr=[line.worst_accuracy - line.worst_low, line.worst_high - line.worst_accuracy],
            color=colours[family],
            marker=markers[family, defence],
            elinewidth=0.7,
            linewidth=1.2,
        )
    for row in rows[rows.defence == "none"].itertuples():
        _label(axes, row, labels.get(row.recipe, ""))
    accuracy_axis(axes, "worst-case accuracy")


def _label(axes: Axes, row, text: str) -> None:
    # Beyond the middle on the left of its point, so that the text ends within the panel.
    right = row.clean_accuracy > sum(axes.get_xlim()) / 2
    axes.annotate(
        text,
        (row.clean_accuracy, row.worst_accuracy),
        xytext=(-5 if right else 5, 4),
        ha="right" if right else "left",
        textcoords="offset points",
        color=MUTED,
        fontsize=text_points(8),
    )


def _markers(table: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return the marker of each family behind each defence: one a defence, or else one a family."""
    defences, families = list(table.defence.unique()), list(table.family.unique())
    kinds = defences if len(defences) > 1 else families
    number = {kind: place % len(MARKERS) for place, kind in enumerate(kinds)}
    return {
        (family, defence): MARKERS[number[defence if len(defences) > 1 else family]]
        for family in families
        for defence in defences
    }


def _handles(colours: Mapping[str, str], markers: Mapping[tuple[str, str], str]) -> list[Line2D]:
    defences = {defence: marker for (_, defence), marker in markers.items()}
    several = len(defences) > 1
    recipes = {family: "" if several else marker for (family, _), marker in markers.items()}
    return [
        *(
            Line2D([], [], color=colours[name], marker=marker, label=f"recipe {name}")
            for name, marker in recipes.items()
        ),
        *(
            Line2D([], [], color=INK, marker=marker, linestyle="", label=f"defence {name}")
            for name, marker in defences.items()
            if several
        ),
    ]
