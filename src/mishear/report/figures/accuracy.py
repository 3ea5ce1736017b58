"""Accuracy under attack against eps."""

import textwrap
from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mishear.core.units import labelled, sized
from mishear.evaluation.measurements import (
    of_setting,
    read_attacked,
    read_summary,
    without_corruptions,
)
from mishear.features.bounds import read_unit
from mishear.features.split import read_split
from mishear.paper import printed as paper
from mishear.paper.results import Results, attacks_in_role
from mishear.report.drawing.legends import legend_above
from mishear.report.drawing.media import text_points
from mishear.report.drawing.style import (
    INK,
    MUTED,
    NARROW,
    PAPER,
    WIDTH,
    accuracy_axis,
    accuracy_band,
    attack_styles,
    chance_line,
    drawing,
    shifts,
    thin_line,
)
from mishear.report.drawing.words import APART, BOTH, NORMS, changed, intervals
from mishear.study.figure_types import Figure
from mishear.study.reported import AttackDefinition, ReportedStudy

PANEL_HEIGHT = 3.3
TITLE_WIDTH = 28
"""Characters that fit above one of two panels."""
STAR = {
    "marker": "*",
    "markersize": 13,
    "markerfacecolor": PAPER,
    "markeredgewidth": 1.5,
    "linestyle": "",
    "clip_on": False,
    "zorder": 5,
}
PANEL_KEYS = ["recipe", "defence", "domain", "norm"]


def draw(
    figure: Figure, inputs: Mapping[str, Path], options: Mapping[str, Any], path: Path
) -> None:
    """Draw the figure, see :mod:`mishear.report.figures`."""
    unit = read_unit(inputs["unit"])
    draw_accuracy(
        of_setting(read_attacked(inputs["summary_over_seeds"]), figure.setting),
        of_setting(without_corruptions(read_summary(inputs["summary"])), figure.setting),
        {name: AttackDefinition(**given) for name, given in options["attacks"].items()},
        classes=len(read_split(inputs["split"]).classes),
        paper_reference=options["paper_reference"] and unit == paper.UNIT,
        unit=unit,
        path=path,
    )


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    seeds = len(study.seeds_of(figure))
    text = (
        "Accuracy on the test recordings against eps, the largest change at any point of the "
        f"network's input. {APART} {intervals(seeds, BOTH)}"
    )
    return f"{text} Thin lines: the single seeds." if seeds > 1 else text


def alternative(figure: Figure, results: Results) -> str:
    """Describe the figure with its main numbers."""
    texts = []
    for attack in results.attacks:
        rows = results.of_reference(attack)
        rows = rows[np.isfinite(rows.eps)]
        if len(rows):
            first, last = rows.iloc[0], rows.iloc[-1]
            texts.append(
                f"{attack}: {first.accuracy:.3f} at {sized(first.eps, results.unit)}, "
                f"{last.accuracy:.3f} at {sized(last.eps, results.unit)}"
            )
    return f"Line chart of accuracy against eps. {'; '.join(texts)}."


def draw_accuracy(
    over_seeds: pd.DataFrame,
    by_seed: pd.DataFrame,
    attacks: Mapping[str, AttackDefinition],
    classes: int,
    paper_reference: bool,
    unit: str,
    path: Path,
) -> None:
    """Draw accuracy against eps under adaptive attack, a line for each attack with its interval.

    Parameters
    ----------
    over_seeds, by_seed
        Rows of ``summary_over_seeds.csv`` and ``summary.csv`` of one corpus, front end and network.
    attacks
        The study's attacks in its order, with class and parameters.
    classes
        Number of classes, for the accuracy of guessing.
    paper_reference
        Whether to mark the figures that the paper prints.
    unit
        Of the network's inputs.
    path
        The SVG file.
    """
    table, rows = (_limited(found, list(attacks)) for found in (over_seeds, by_seed))
    panels = list(table.groupby(PANEL_KEYS, sort=False))
    styles = attack_styles(list(attacks))
    stars = _paper_stars(attacks, styles) if paper_reference else []
    columns = 1 if len(panels) <= 2 else 2
    rows_of_panels = -(-len(panels) // columns)
    height = PANEL_HEIGHT / columns**0.5 * rows_of_panels + 0.5
    with drawing(path, height, NARROW if columns == 1 else WIDTH) as figure:
        grid = figure.subplots(rows_of_panels, columns, squeeze=False).ravel()
        for axes in grid[len(panels) :]:
            axes.remove()
        for axes, (key, panel) in zip(grid, panels, strict=False):
            of_panel = rows[(rows[PANEL_KEYS] == list(key)).all(axis=1)]
            _draw_panel(axes, panel, of_panel, styles)
            chance_line(axes, classes)
            if stars and key[1:] == ("none", "spectrogram", "linf"):
                for star in stars:
                    axes.add_line(copy(star))
            if len(panels) > 1:
                defence = "" if key[1] == "none" else f" behind {key[1]}"
                title = f"{key[0]}{defence}, {NORMS.get(key[3], key[3])}"
                axes.set_title(textwrap.fill(title, TITLE_WIDTH))
            where = (
                f" ({NORMS.get(key[3], key[3])} norm, on the {changed(key[2])})"
                if columns == 1
                else ""
            )
            axes.set_xlabel(f"{labelled('eps', unit)}{where}")
        present = [attack for attack in attacks if (table.attack == attack).any()]
        handles = [Line2D([], [], label=attack, **styles[attack]) for attack in present]
        legend_above(figure, [*handles, *stars], columns=3)


def _limited(table: pd.DataFrame, attacks: list[str]) -> pd.DataFrame:
    """Return the rows of adaptive attacks with an eps."""
    chosen = table.attack.isin(attacks) & np.isfinite(table.eps)
    return table[chosen & (table.evaluation == "adaptive")]


def _draw_panel(
    axes: Axes, panel: pd.DataFrame, by_seed: pd.DataFrame, styles: Mapping[str, dict]
) -> None:
    lines = list(panel.groupby("attack", sort=False))
    for (attack, line), shift in zip(lines, shifts(len(lines)), strict=True):
        colour = styles[attack]["color"]
        alone = line.assign(seeds=1)  # the single seeds are drawn below
        accuracy_band(axes, alone, styles[attack], clean_at=0.0, shift=shift)
        if line.seeds.max() > 1:
            for _, seed in by_seed[by_seed.attack == attack].groupby("seed"):
                counted = seed.assign(correct=seed.accuracy * seed.n).groupby("eps")
                folds = counted[["correct", "n"]].sum()
                thin_line(axes, folds.index, folds.correct / folds.n, colour)
    clean = panel.clean_accuracy.iloc[0]
    axes.plot([0], [clean], marker="o", color=INK, linestyle="", clip_on=False)
    axes.annotate(
        f"clean {clean:.3f}",
        (0, clean),
        xytext=(6, 5),
        textcoords="offset points",
        fontsize=text_points(8.5),
    )
    axes.set_xlim(left=0)
    accuracy_axis(axes)


def _paper_stars(
    attacks: Mapping[str, AttackDefinition], styles: Mapping[str, dict]
) -> list[Line2D]:
    """Return the paper's points, in the colours of the attacks run with its settings."""
    stars = []
    for role, printed in (("fgsm", paper.FGSM), ("pgd-paper", paper.PGD)):
        names = attacks_in_role(attacks, role)
        colour = styles[names[0]]["color"] if names else MUTED
        label = f"paper, {printed.short}: {printed.accuracy:.2f} at {printed.eps:g}"
        stars.append(Line2D([printed.eps], [printed.accuracy], label=label, color=colour, **STAR))
    return stars
