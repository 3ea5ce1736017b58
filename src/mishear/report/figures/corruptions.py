"""Accuracy under natural corruptions against their severities."""

from collections.abc import Mapping
from math import ceil
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mishear.core.tables.over_seeds import SUMMARY_OVER_SEEDS
from mishear.evaluation.measurements import of_setting
from mishear.features.split import read_split
from mishear.paper.results import Results
from mishear.report.corruptions import shown_corruptions
from mishear.report.drawing.legends import legend_above
from mishear.report.drawing.media import text_points
from mishear.report.drawing.style import (
    accuracy_axis,
    chance_line,
    drawing,
    style_of,
    thin_line,
)
from mishear.report.drawing.words import BOTH, SPREAD, intervals
from mishear.study.figure_types import Figure
from mishear.study.reported import ReportedStudy

COLUMNS = 3
PANEL_HEIGHT = 1.9
WIDE = 7.2


def draw(
    figure: Figure, inputs: Mapping[str, Path], options: Mapping[str, Any], path: Path
) -> None:
    """Draw the figure, see :mod:`mishear.report.figures`."""
    rows = of_setting(SUMMARY_OVER_SEEDS.frame(inputs["summary_over_seeds"]), figure.setting)
    classes = len(read_split(inputs["split"]).classes)
    draw_corruptions(shown_corruptions(rows), classes=classes, path=path)


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    seeds = len(study.seeds_of(figure))
    text = (
        "Accuracy on the test recordings under natural corruptions. The first point of each line "
        "is for the clean recordings; the others are for the severities, labelled with their "
        "levels. "
        f"Victims trained on poison are left out. {intervals(seeds, BOTH)}"
    )
    return f"{text} {SPREAD}" if seeds > 1 else text


def alternative(figure: Figure, results: Results) -> str:
    """Describe the figure."""
    return "Line charts of accuracy against severity, one for each natural corruption."


def draw_corruptions(rows: pd.DataFrame, classes: int, path: Path) -> None:
    """Draw a panel for each corruption.

    Parameters
    ----------
    rows
        Rows of one corpus, front end and network of ``summary_over_seeds.csv``, corruptions alone.
    classes
        Number of classes, for the accuracy of guessing.
    path
        The SVG file.
    """
    victims = list(dict.fromkeys(zip(rows.recipe, rows.defence, strict=True)))
    styles = {victim: style_of(number) for number, victim in enumerate(victims)}
    corruptions = list(dict.fromkeys(rows.corruption))
    columns = min(COLUMNS, len(corruptions))
    lines = ceil(len(corruptions) / columns)
    with drawing(path, height=PANEL_HEIGHT * lines + 0.5, width=WIDE) as figure:
        panels = list(figure.subplots(lines, columns, squeeze=False, sharey=True).flat)
        for axes, corruption in zip(panels, corruptions, strict=False):
            found = rows[rows.corruption == corruption]
            for victim, line in found.groupby(["recipe", "defence"], sort=False):
                _draw_line(axes, line.sort_values("severity"), styles[victim])
            accuracy_axis(axes, "accuracy" if axes.get_subplotspec().is_first_col() else "")
            _name_levels(axes, corruption, found)
            chance_line(axes, classes)
        for axes in panels[len(corruptions) :]:
            axes.remove()
        handles = [
            Line2D([], [], label=_label(*victim), **style) for victim, style in styles.items()
        ]
        legend_above(figure, handles, columns=2)


def _draw_line(axes: Axes, line: pd.DataFrame, style: Mapping[str, str]) -> None:
    clean = line.iloc[0]
    places = [0, *line.severity]

    def values(clean_column: str, column: str) -> list[float]:
        return [clean[clean_column], *line[column]]

    low, high = values("clean_low", "ci_low"), values("clean_high", "ci_high")
    axes.fill_between(places, low, high, color=style["color"], alpha=0.16, lw=0)
    axes.plot(places, values("clean_accuracy", "accuracy"), **style)
    value = line.accuracy
    bars = [(value - line.ci_low).clip(lower=0), (line.ci_high - value).clip(lower=0)]
    axes.errorbar(line.severity, value, bars, fmt="none", ecolor=style["color"], elinewidth=0.8)
    if clean.seeds > 1:
        for end in ("lowest", "highest"):
            found = values(f"clean_accuracy_{end}", f"accuracy_{end}")
            thin_line(axes, places, found, style["color"])


def _name_levels(axes: Axes, corruption: str, rows: pd.DataFrame) -> None:
    """Write the level of each severity below the axis, and their unit."""
    levels = rows.drop_duplicates("severity").sort_values("severity")
    axes.set_title(corruption)
    axes.set_xticks(
        [0, *levels.severity], ["clean", *map("{:g}".format, levels.level)], fontsize=text_points(7)
    )
    axes.set_xlabel(levels.level_unit.iloc[0], fontsize=text_points(8.5))


def _label(recipe: str, defence: str) -> str:
    return recipe if defence == "none" else f"{recipe} behind {defence}"
