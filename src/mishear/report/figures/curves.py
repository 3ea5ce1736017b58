"""Accuracy under attack: against eps, and against the change a recording needs."""

import textwrap
from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mishear.core.statistics import wilson_interval
from mishear.evaluation.measurements import over_seeds
from mishear.paper import comparison as paper
from mishear.report.figures.style import (
    INK,
    MUTED,
    PAPER,
    accuracy_axis,
    attack_styles,
    chance_line,
    drawing,
    legend_above,
    level_line,
)

NORMS = {"linf": "L∞", "l2": "L2", "l1": "L1", "l0": "L0"}
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


def draw_accuracy(
    summary: pd.DataFrame,
    attacks: Mapping[str, Mapping[str, Any]],
    classes: int,
    paper_reference: bool,
    path: Path,
) -> None:
    """Accuracy against eps under adaptive attack, a line for each attack with its 95 % interval.

    Parameters
    ----------
    summary
        The rows of one corpus, front end and network.
    attacks
        The study's attacks in its order, with class and parameters.
    classes
        How many there are, for the accuracy of guessing.
    paper_reference
        Whether to mark the paper's figures.
    path
        The SVG file.
    """
    rows = summary[summary.attack.isin(list(attacks)) & np.isfinite(summary.eps)]
    rows = rows[rows.evaluation == "adaptive"]
    table = over_seeds(rows)
    panels = list(table.groupby(PANEL_KEYS, sort=False))
    styles = attack_styles(list(attacks))
    stars = _paper_stars(attacks, styles) if paper_reference else []
    columns = 1 if len(panels) <= 2 else 2
    rows_of_panels = -(-len(panels) // columns)
    with drawing(path, height=PANEL_HEIGHT / columns**0.5 * rows_of_panels + 0.5) as figure:
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
            where = f" ({NORMS.get(key[3], key[3])} norm, on the {key[2]})" if columns == 1 else ""
            axes.set_xlabel(f"eps, dB{where}")
        present = [attack for attack in attacks if (table.attack == attack).any()]
        handles = [Line2D([], [], label=attack, **styles[attack]) for attack in present]
        legend_above(figure, [*handles, *stars], columns=3)


def _draw_panel(
    axes: Axes, panel: pd.DataFrame, by_seed: pd.DataFrame, styles: Mapping[str, dict]
) -> None:
    for attack, line in panel.groupby("attack", sort=False):
        line = line.sort_values("eps")
        colour = styles[attack]["color"]
        axes.fill_between(line.eps, line.ci_low, line.ci_high, color=colour, alpha=0.16, lw=0)
        axes.plot(line.eps, line.accuracy, **styles[attack])
        if line.seeds.max() > 1:
            for _, seed in by_seed[by_seed.attack == attack].groupby("seed"):
                seed = seed.sort_values("eps")
                axes.plot(seed.eps, seed.accuracy, color=colour, lw=0.6, alpha=0.7)
    clean = panel.clean_accuracy.iloc[0]
    axes.plot([0], [clean], marker="o", color=INK, linestyle="", clip_on=False)
    axes.annotate(
        f"clean {clean:.3f}",
        (0, clean),
        xytext=(6, 5),
        textcoords="offset points",
        fontsize=8.5,
    )
    axes.set_xlim(left=0)
    accuracy_axis(axes)


def _paper_stars(
    attacks: Mapping[str, Mapping[str, Any]], styles: Mapping[str, dict]
) -> list[Line2D]:
    """The paper's points, in the colours of the attacks run with its settings."""
    stars = []
    for role, printed in (("fgsm", paper.FGSM), ("pgd-paper", paper.PGD)):
        names = paper.attacks_in_role(attacks, role)
        colour = styles[names[0]]["color"] if names else MUTED
        label = f"paper, {printed.short}: {printed.accuracy:.2f} at {printed.eps:g}"
        stars.append(Line2D([printed.eps], [printed.accuracy], label=label, color=colour, **STAR))
    return stars


def draw_distance(
    evaluations: Sequence[Mapping[str, Any]],
    attacks: Sequence[str],
    classes: int,
    paper_reference: bool,
    path: Path,
) -> None:
    """Accuracy against the L2 change allowed, for attacks that look for the smallest change.

    A recording counts as misheard from the L2 distance on at which the attack succeeded with it.

    Parameters
    ----------
    evaluations
        For each its ``recipe``, ``attack``, ``seed`` and ``results``, a row per recording.
    attacks
        The study's attacks in its order.
    classes
        How many there are, for the accuracy of guessing.
    paper_reference
        Whether to mark the paper's figure.
    path
        The SVG file.
    """
    styles = attack_styles(attacks)
    dashes = dict(zip(dict.fromkeys(e["recipe"] for e in evaluations), _DASHES * 9, strict=False))
    with drawing(path, height=PANEL_HEIGHT + 0.5) as figure:
        axes = figure.subplots()
        for evaluation in evaluations:
            _draw_steps(
                axes,
                evaluation["results"],
                color=styles[evaluation["attack"]]["color"],
                linestyle=dashes[evaluation["recipe"]],
            )
        handles = _distance_handles(evaluations, styles, dashes)
        if paper_reference:
            label = f"paper, {paper.CW.short}: {paper.CW.accuracy:.2f}, no L2 given"
            handles.append(level_line(axes, paper.CW.accuracy, label))
        chance_line(axes, classes)
        axes.set_xlim(left=0)
        axes.set_xlabel("L2 change of the spectrogram, dB")
        accuracy_axis(axes, "accuracy within that change")
        legend_above(figure, handles, columns=3)


_DASHES = ["-", "--", "-.", ":"]


def _draw_steps(axes: Axes, results: Sequence[Mapping[str, str]], **style: Any) -> None:
    n = len(results)
    correct = sum(row["clean_prediction"] == row["label"] for row in results)
    broken = sorted(float(row["l2"]) for row in results if row["success"] == "1")
    distances = np.array([0, *broken])
    left = correct - np.arange(len(distances))
    limits = np.array([wilson_interval(int(count), n) for count in left])
    axes.fill_between(
        distances, *limits.T, step="post", color=style["color"], alpha=0.16, linewidth=0
    )
    axes.step(distances, left / n, where="post", **style)


def _distance_handles(
    evaluations: Sequence[Mapping[str, Any]], styles: Mapping[str, dict], dashes: Mapping[str, str]
) -> list[Line2D]:
    pairs = dict.fromkeys((e["attack"], e["recipe"]) for e in evaluations)
    return [
        Line2D(
            [],
            [],
            color=styles[attack]["color"],
            linestyle=dashes[recipe],
            label=attack if len(dashes) == 1 else f"{attack} on {recipe}",
        )
        for attack, recipe in pairs
    ]
