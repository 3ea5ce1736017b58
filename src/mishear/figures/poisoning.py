"""Accuracy against the amplitude of poison, for victims trained with and without it."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mishear import paper
from mishear.figures.style import (
    INK,
    accuracy_axis,
    chance_line,
    drawing,
    legend_above,
    level_line,
    share_colours,
)
from mishear.reading import measured, over_seeds

DODGE = 1.09
"""Factor between the places of neighbouring lines, so that their bars do not lie on each other."""


def draw_poisoning(
    summary: pd.DataFrame,
    poison: str,
    unpoisoned: Sequence[str],
    classes: int,
    paper_reference: bool,
    path: Path,
) -> None:
    """Accuracy on poisoned and on clean test recordings against amplitude.

    Parameters
    ----------
    summary
        The rows of one corpus, front end and network.
    poison
        The poisoned recipe.
    unpoisoned
        Recipes without poison.
    classes
        How many there are, for the accuracy of guessing.
    paper_reference
        Whether to mark the paper's figure.
    path
        The SVG file.
    """
    table = over_seeds(summary[(summary.attack == poison) & (summary.defence == "none")])
    retrained = table[table.poison == poison]
    colours = share_colours(retrained.poison_share.unique())
    lines = [(name, table[table.recipe == name], INK, "D") for name in unpoisoned] + [
        (f"retrained, {share * 100:g} % poisoned", rows, colours[share], "o")
        for share, rows in retrained.groupby("poison_share")
    ]
    with drawing(path, height=6.6) as figure:
        noisy, clean = figure.subplots(2, sharex=True)
        for place, (_, rows, colour, marker) in enumerate(lines):
            shift = DODGE ** (place - (len(lines) - 1) / 2)
            _draw_line(noisy, rows, shift, colour, marker, on_clean=False)
            _draw_line(clean, rows, shift, colour, marker, on_clean=True)
        _finish(noisy, clean, table, classes)
        handles = [
            Line2D([], [], color=colour, marker=marker, label=name)
            for name, _, colour, marker in lines
        ]
        if paper_reference:
            label = f"paper: {paper.POISONING.accuracy:.2f}, amplitude not given"
            handles.append(level_line(noisy, paper.POISONING.accuracy, label))
        legend_above(figure, handles, columns=2)


def _draw_line(
    axes: Axes, rows: pd.DataFrame, shift: float, colour: str, marker: str, on_clean: bool
) -> None:
    rows = rows.sort_values("eps")
    points = [measured(row, clean=on_clean) for row in rows.itertuples()]
    level = [point.accuracy for point in points]
    below = [point.accuracy - point.low for point in points]
    above = [point.high - point.accuracy for point in points]
    axes.errorbar(
        rows.eps * shift,
        level,
        yerr=[below, above],
        color=colour,
        marker=marker,
        elinewidth=1.2,
        linewidth=1.4,
    )


def _finish(noisy: Axes, clean: Axes, table: pd.DataFrame, classes: int) -> None:
    noisy.set_title("On poisoned test recordings")
    clean.set_title("On clean test recordings")
    for axes in (noisy, clean):
        accuracy_axis(axes)
        chance_line(axes, classes)
    ratios = table.groupby("eps").median_snr_db.mean()
    clean.set_xscale("log")
    clean.set_xticks(ratios.index, [f"{eps:g}\n{ratio:.0f} dB" for eps, ratio in ratios.items()])
    clean.minorticks_off()
    clean.set_xlabel("amplitude of the noise (of full scale), with the median SNR below it")
