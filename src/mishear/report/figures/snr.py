"""Accuracy under attacks on the waveform against the signal-to-noise ratio."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mishear.core.tables.listening_over_seeds import (
    AUDIO_QUALITY_OVER_SEEDS,
    SNR_AT_HALF_OVER_SEEDS,
)
from mishear.evaluation.measurements import of_setting, read_attacked
from mishear.features.split import read_split
from mishear.paper.results import Results
from mishear.report.drawing.legends import legend_above
from mishear.report.drawing.media import points
from mishear.report.drawing.style import (
    MUTED,
    NARROW,
    accuracy_axis,
    accuracy_band,
    attack_styles,
    chance_line,
    clean_place,
    drawing,
    noise_axis,
    shifts,
)
from mishear.report.drawing.words import SPREAD, intervals
from mishear.study.figure_types import Figure
from mishear.study.reported import ReportedStudy

PANEL_HEIGHT = 3.2
RECOGNISED = (0, (1, 1))
"""Dashes of what recognisers recognise; no attack has them."""


def draw(
    figure: Figure, inputs: Mapping[str, Path], options: Mapping[str, Any], path: Path
) -> None:
    """Draw the figure, see :mod:`mishear.report.figures`."""
    tables = {
        "summary": read_attacked(inputs["summary_over_seeds"]),
        "audio_quality": AUDIO_QUALITY_OVER_SEEDS.frame(inputs["audio_quality"]),
        "halves": SNR_AT_HALF_OVER_SEEDS.frame(inputs["halves"]),
    }
    here = {name: of_setting(table, figure.setting) for name, table in tables.items()}
    undefended = {
        name: table[(table.recipe == options["reference"]) & (table.defence == "none")]
        for name, table in here.items()
    }
    draw_snr(
        **undefended,
        attacks=options["attacks"],
        classes=len(read_split(inputs["split"]).classes),
        path=path,
    )


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    seeds = len(study.seeds_of(figure))
    text = (
        "Accuracy on the test recordings after attacks on the waveform, saved with 16 bits. "
        "Finely dotted: the fraction that speech recognisers still recognise of the recordings "
        "that they recognise when clean. Bars: the SNR at which the accuracy is halved, with its "
        f"95 % interval. {intervals(seeds)}"
    )
    return f"{text} {SPREAD}" if seeds > 1 else text


def alternative(figure: Figure, results: Results) -> str:
    """Describe the figure."""
    return "Line chart of accuracy against signal-to-noise ratio for attacks on the waveform."


def draw_snr(
    summary: pd.DataFrame,
    audio_quality: pd.DataFrame,
    halves: pd.DataFrame,
    attacks: Sequence[str],
    classes: int,
    path: Path,
) -> None:
    """Draw accuracy under attacks on the waveform, and what recognisers still recognise.

    Both are measured on the recordings saved with 16 bits and read again.

    Parameters
    ----------
    summary
        Rows of ``summary_over_seeds.csv`` of the reference recipe without a defence.
    audio_quality, halves
        Rows of ``audio_quality_over_seeds.csv`` and ``snr_at_half_over_seeds.csv`` for the same
        victims.
    attacks
        Attacks on the waveform, in the study's order.
    classes
        Number of classes, for the accuracy of guessing.
    path
        The SVG file.
    """
    table = summary[summary.attack.isin(attacks) & np.isfinite(summary.eps)]
    budgets = [budget for budget in ("snr", "eps") if (table.budget == budget).any()]
    styles = attack_styles(attacks)
    transcribed = audio_quality[audio_quality.kind == "waveform"]
    with drawing(path, height=PANEL_HEIGHT * len(budgets) + 0.6, width=NARROW) as figure:
        panels = figure.subplots(len(budgets), squeeze=False)[:, 0]
        for axes, budget in zip(panels, budgets, strict=True):
            shown = table[table.budget == budget]
            clean_at = clean_place(shown.eps, budget)
            lines = list(shown.groupby("attack", sort=False))
            for (attack, line), shift in zip(lines, shifts(len(lines)), strict=True):
                style = styles[attack]
                accuracy_band(axes, line, style, "saved_accuracy", "saved", clean_at, shift)
                here = (transcribed.name == attack) & (transcribed.budget == budget)
                _draw_recognition(axes, transcribed[here], styles[attack]["color"])
            accuracy_axis(axes, "fraction correct")
            chance_line(axes, classes)
            noise_axis(axes, budget, shown.eps)
        for row in halves.itertuples() if "snr" in budgets else ():
            _draw_half(panels[0], row, styles[row.attack]["color"])
        legend_above(figure, _handles(table, transcribed, styles), columns=3)


def _draw_recognition(axes: Axes, transcribed: pd.DataFrame, colour: str) -> None:
    for _, line in transcribed.groupby("recogniser", sort=False):
        line = line.sort_values("eps")
        axes.plot(line.eps, line.retained, color=colour, linestyle=RECOGNISED, lw=1.2)


def _draw_half(axes: Axes, row, colour: str) -> None:
    if not np.isfinite(row.saved_snr_db):
        return
    # An end of the interval beyond what was run is drawn to the edge.
    left, right = sorted(axes.get_xlim())
    low, high = np.clip([row.saved_low, row.saved_high], left, right)
    axes.plot([low, high], [row.half, row.half], color=colour, lw=1.4, zorder=4)
    axes.plot(
        [row.saved_snr_db], [row.half], marker="|", markersize=points(11), color=colour, zorder=5
    )


def _handles(
    table: pd.DataFrame, transcribed: pd.DataFrame, styles: dict[str, dict]
) -> list[Line2D]:
    present = [attack for attack in styles if (table.attack == attack).any()]
    handles = [Line2D([], [], label=attack, **styles[attack]) for attack in present]
    handles += [
        Line2D(
            [], [], color=MUTED, linestyle=RECOGNISED, lw=1.2, label=f"{name}, relative to clean"
        )
        for name in transcribed.recogniser.dropna().unique()
    ]
    if "snr" in set(table.budget):
        handles.append(
            Line2D([], [], color=MUTED, marker="|", lw=1.4, label="half the clean accuracy")
        )
    return handles
