"""Targeted attacks: how often each class is turned into each other one, for each eps."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mishear.core.tables.targeted import TARGETED
from mishear.evaluation.measurements import of_setting
from mishear.paper.results import Results
from mishear.report.drawing.matrix import draw_rates
from mishear.report.drawing.style import drawing
from mishear.report.drawing.words import INTERVALS_BELOW, limit_of
from mishear.study.figure_types import Figure
from mishear.study.reported import ReportedStudy

ROW_HEIGHT = 0.42
"""Inches."""


def draw(
    figure: Figure, inputs: Mapping[str, Path], options: Mapping[str, Any], path: Path
) -> None:
    """Draw the figure, see :mod:`mishear.report.figures`."""
    table = of_setting(TARGETED.frame(inputs["targeted"]), figure.setting)
    table = table[(table.recipe == figure.recipe) & (table.attack == figure.attack)]
    panels = [rows for _, rows in table.groupby("eps", sort=False)]
    classes = sorted({*table.label, *table.target})
    height = (ROW_HEIGHT * len(classes) + 1.0) * len(panels)
    with drawing(path, height=height, width=9.4) as drawn:
        grid = drawn.subplots(len(panels), squeeze=False)[:, 0]
        for axes, rows in zip(grid, panels, strict=True):
            _draw_panel(axes, rows, classes)
            axes.set_title(f"{figure.attack}, {limit_of(rows.iloc[0])}")


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    several = len(study.seeds_of(figure)) > 1
    over = "victims and recordings" if several else "the recordings of one victim"
    return (
        f"{figure.attack}, aimed at each class in turn: among the recordings of the row's class "
        "that are classified correctly when clean, the fraction that is classified as the "
        f"column's class under attack. {INTERVALS_BELOW.format(over=over)}"
    )


def alternative(figure: Figure, results: Results) -> str:
    """Describe the figure."""
    return f"Matrices of success rates of {figure.attack} aimed at each class, by true class."


def _draw_panel(axes: Axes, rows: pd.DataFrame, classes: list[str]) -> None:
    cells = {
        (classes.index(row.label), classes.index(row.target)): row
        for row in rows.itertuples()
        if not pd.isna(row.success_rate)
    }
    draw_rates(axes, cells, classes, classes)
    axes.set_xlabel("target class")
    axes.set_ylabel("true class")
