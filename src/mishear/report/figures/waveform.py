"""Accuracy under attacks on the waveform in a study without the section ``listening``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from mishear.core.tables.over_seeds import SUMMARY_OVER_SEEDS
from mishear.evaluation.measurements import of_setting
from mishear.features.split import read_split
from mishear.paper.results import Results
from mishear.report.drawing.legends import legend_above
from mishear.report.drawing.style import (
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
from mishear.report.drawing.words import APART, BOTH, SPREAD, intervals
from mishear.study.figure_types import Figure
from mishear.study.reported import ReportedStudy

PANEL_HEIGHT = 3.2
BUDGETS = ("snr", "eps")


def draw(
    figure: Figure, inputs: Mapping[str, Path], options: Mapping[str, Any], path: Path
) -> None:
    """Draw the figure, see :mod:`mishear.report.figures`."""
    table = of_setting(SUMMARY_OVER_SEEDS.frame(inputs["summary_over_seeds"]), figure.setting)
    attacks = options["attacks"]
    undefended = (table.recipe == options["reference"]) & (table.defence == "none")
    shown = table[undefended & table.attack.isin(attacks) & np.isfinite(table.eps)]
    classes = len(read_split(inputs["split"]).classes)
    panels = [panel for name in BUDGETS if len(panel := shown[shown.budget == name])]
    styles = attack_styles(attacks)
    with drawing(path, height=PANEL_HEIGHT * len(panels) + 0.6, width=NARROW) as drawn:
        grid = drawn.subplots(len(panels), squeeze=False)[:, 0]
        for axes, panel in zip(grid, panels, strict=True):
            _draw_panel(axes, panel, styles, classes)
        present = [attack for attack in attacks if (shown.attack == attack).any()]
        handles = [Line2D([], [], label=attack, **styles[attack]) for attack in present]
        legend_above(drawn, handles, columns=3)


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    seeds = len(study.seeds_of(figure))
    text = (
        "Accuracy on the test recordings under attacks on the waveform, against their limit: the "
        "lowest signal-to-noise ratio (SNR) or the largest change of a sample. "
        f"{APART} {intervals(seeds, BOTH)}"
    )
    return f"{text} {SPREAD}" if seeds > 1 else text


def alternative(figure: Figure, results: Results) -> str:
    """Describe the figure."""
    return "Line chart of accuracy against the size of the change for attacks on the waveform."


def _draw_panel(axes: Any, panel: pd.DataFrame, styles: Mapping[str, dict], classes: int) -> None:
    budget = panel.budget.iloc[0]
    clean_at = clean_place(panel.eps, budget)
    lines = list(panel.groupby("attack", sort=False))
    for (attack, line), shift in zip(lines, shifts(len(lines)), strict=True):
        accuracy_band(axes, line, styles[attack], clean_at=clean_at, shift=shift)
    accuracy_axis(axes)
    chance_line(axes, classes)
    noise_axis(axes, budget, panel.eps)
