"""Certified accuracy against the L2 radius."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.lines import Line2D

from mishear.core.tables.certificates import CERTIFICATES
from mishear.core.units import labelled, sized
from mishear.evaluation.measurements import of_setting
from mishear.features.bounds import read_unit
from mishear.paper.results import Results
from mishear.report.drawing.legends import legend_above
from mishear.report.drawing.style import accuracy_axis, drawing, style_of
from mishear.study.figure_types import Figure
from mishear.study.reported import ReportedStudy

PANEL_HEIGHT = 3.6


def draw(
    figure: Figure, inputs: Mapping[str, Path], options: Mapping[str, Any], path: Path
) -> None:
    """Draw the figure, see :mod:`mishear.report.figures`."""
    rows = of_setting(CERTIFICATES.frame(inputs["certificates"]), figure.setting)
    draw_certificates(rows, unit=read_unit(inputs["unit"]), path=path, **options)


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    return (
        "Fraction of the test recordings certified to be classified correctly whatever is changed "
        "up to an L2 radius. Bands: 95 % intervals of each victim, over the recordings. The radius "
        "of each recording holds with the confidence level of the config. The legend counts the "
        "recordings at the largest radius that the number of draws can show: theirs is limited by "
        "the draws. An L2 radius is over all points: a change of eps at each of n "
        "points has an L2 norm of eps times the square root of n."
    )


def alternative(figure: Figure, results: Results) -> str:
    """Describe the figure."""
    return "Line chart of certified accuracy against L2 radius."


def draw_certificates(certificates: pd.DataFrame, unit: str, path: Path) -> None:
    """Draw certified accuracy against the L2 radius.

    Parameters
    ----------
    certificates
        Rows of one corpus, front end and network of ``certificates.csv``.
    unit
        Of the network's inputs.
    path
        The SVG file.
    """
    with drawing(path, height=PANEL_HEIGHT + 0.5) as figure:
        axes = figure.subplots()
        handles = []
        groups = certificates.groupby(["recipe", "defence"], sort=False)
        for number, ((recipe, defence), rows) in enumerate(groups):
            style = style_of(number)
            for _, seed in rows.groupby(["seed", "fold"], dropna=False):
                axes.fill_between(
                    seed.radius, seed.ci_low, seed.ci_high, color=style["color"], alpha=0.16
                )
                axes.plot(seed.radius, seed.certified_accuracy, **style, markevery=0.2)
            handles.append(Line2D([], [], label=_label(recipe, defence, rows, unit), **style))
        axes.set_xlim(left=0)
        axes.set_xlabel(labelled("L2 change of the input", unit))
        accuracy_axis(axes, "certified accuracy")
        legend_above(figure, handles, columns=2)


def _label(recipe: str, defence: str, rows: pd.DataFrame, unit: str) -> str:
    """Name a line, and count the recordings whose radius is limited by the draws."""
    victims = rows.groupby("seed").first()
    label = f"{recipe} behind {defence}"
    if not (capped := int(victims.capped.sum())):
        return label
    largest = victims.largest_radius.max()
    cap = sized(f"{largest:.3g}", unit)
    return f"{label} ({capped} of {int(victims.n.sum())} at the cap of {cap})"
