"""The effect of a poison: against its amplitude for noise, against its rate for the rest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mishear.core.statistics import Measured
from mishear.evaluation.measurements import (
    measured,
    of_setting,
    read_attacked,
    succeeded,
)
from mishear.features.split import read_split
from mishear.paper import printed as paper
from mishear.paper.results import Results
from mishear.poisoning.building import build_poison
from mishear.report.drawing.legends import legend_above
from mishear.report.drawing.style import (
    INK,
    MARKERS,
    accuracy_axis,
    chance_line,
    drawing,
    level_line,
    rate_colours,
    style_of,
    thin_line,
)
from mishear.report.drawing.words import BOTH, SPREAD, intervals
from mishear.study.figure_types import Figure
from mishear.study.paths import number_name
from mishear.study.reported import ReportedStudy

DODGE = 1.09
"""Factor between the places of neighbouring lines, so that their bars do not lie on each other."""
ASIDE = 0.04
"""How far lines against the rate are moved apart, in steps of the axis."""
MARGIN = 1.8
"""Factor between the smallest and largest amplitude and the ends of the axis."""
PANEL_HEIGHT = 2.9


def draw(
    figure: Figure, inputs: Mapping[str, Path], options: Mapping[str, Any], path: Path
) -> None:
    """Draw the figure, see :mod:`mishear.report.figures`."""
    draw_poisoning(
        of_setting(read_attacked(inputs["summary_over_seeds"]), figure.setting),
        poison=figure.recipe,
        classes=len(read_split(inputs["split"]).classes),
        against=build_poison(options["poison"]).against,
        unpoisoned=options["unpoisoned"],
        paper_reference=options["paper_reference"],
        path=path,
    )


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    poison = build_poison(study.poisons[figure.recipe])
    bands = intervals(len(study.seeds_of(figure)), BOTH)
    if len(study.seeds_of(figure)) > 1:
        bands = f"{bands} {SPREAD}"
    if poison.against == "amplitude":
        shown = (
            "Accuracy against the amplitude, for victims trained without it and with it. "
            "The SI-SDR does not count the constant offset of the noise, which is inaudible. "
            f"{intervals(len(study.seeds_of(figure)), 'Bars')}"
        )
    elif poison.target is None:
        shown = f"Accuracy on the test recordings, whose labels are correct. {bands}"
    else:
        trigger = " when they are changed in the same way" if poison.changes_waveform else ""
        shown = (
            f"Above: test recordings of {poison.victims} classified as {poison.target}{trigger}. "
            f"{bands}"
        )
    return f"{poison.description()} {shown}"


def alternative(figure: Figure, results: Results) -> str:
    """Describe the figure with its main numbers."""
    if results.poisons[figure.recipe].against == "amplitude":
        rows = results.of_reference(figure.recipe)
        texts = [f"{row.accuracy:.3f} at {row.eps:g}" for row in rows.itertuples()]
        return (
            f"Line charts of accuracy against amplitude. Trained without poison, on poisoned "
            f"recordings: {', '.join(texts)}."
        )
    texts = []
    for row in results.of_poisoned(figure.recipe).itertuples():
        amplitude = f"{_name(row.eps)}, " if row.eps else ""
        success = ""
        if pd.notna(row.attack_success_rate):
            success = f"success {row.attack_success_rate:.3f}, "
        texts.append(
            f"{amplitude}{row.poisoning_rate * 100:g} %: {success}"
            f"clean accuracy {row.clean_accuracy:.3f}"
        )
    return f"Line charts against the poisoning rate. {'; '.join(texts)}."


def draw_poisoning(
    summary: pd.DataFrame,
    poison: str,
    against: str,
    unpoisoned: Sequence[str],
    classes: int,
    paper_reference: bool,
    path: Path,
) -> None:
    """Draw the effect of one poisoned recipe, with victims trained without it for comparison.

    Parameters
    ----------
    summary
        Rows of ``summary_over_seeds.csv`` of one corpus, front end and network.
    poison
        The poisoned recipe.
    against
        ``amplitude``: accuracy against the amplitude; ``rate``: clean accuracy and, where there is
        a target class, success against the poisoning rate.
    unpoisoned
        Recipes without poison.
    classes
        Number of classes, for the accuracy of guessing.
    paper_reference
        Whether to mark the figure that the paper prints, which is about noise.
    path
        The SVG file.
    """
    chosen = (summary.attack == poison) & (summary.defence == "none") & summary.detector.isna()
    table = summary[chosen]
    if against == "amplitude":
        _draw_against_amplitude(table, poison, unpoisoned, classes, paper_reference, path)
    else:
        _draw_against_rate(table, poison, unpoisoned, classes, path)


@dataclass(frozen=True)
class _Quantity:
    """A number of a row that a panel shows."""

    title: str
    label: str
    of: Callable[[Any], Measured]


SUCCESS = _Quantity("Classified as the target class", "attack success rate", succeeded)
ON_CLEAN = _Quantity("On clean test recordings", "accuracy", lambda row: measured(row, clean=True))
ON_POISONED = _Quantity("On poisoned test recordings", "accuracy", measured)


def _draw_against_rate(
    table: pd.DataFrame, poison: str, unpoisoned: Sequence[str], classes: int, path: Path
) -> None:
    """Draw a line for each amplitude, from the victim without poison to the highest rate."""
    poisoned = table[table.poison == poison]
    rates = sorted(poisoned.poisoning_rate.unique())
    quantities = [ON_CLEAN]
    if poisoned.attack_success_rate.notna().any():
        quantities.insert(0, SUCCESS)
    handles = []
    with drawing(path, height=PANEL_HEIGHT * len(quantities) + 0.6) as figure:
        panels = figure.subplots(len(quantities), sharex=True, squeeze=False)[:, 0]
        amplitudes = list(poisoned.groupby("eps"))
        for number, (amplitude, line) in enumerate(amplitudes):
            style = style_of(number)
            aside = ASIDE * (number - (len(amplitudes) - 1) / 2)
            without = table[(table.recipe == next(iter(unpoisoned), "")) & (table.eps == amplitude)]
            line = pd.concat([without.assign(poisoning_rate=0.0), line]).sort_values(
                "poisoning_rate"
            )
            places = [([0.0, *rates]).index(rate) + aside for rate in line.poisoning_rate]
            for axes, quantity in zip(panels, quantities, strict=True):
                _draw_band(axes, places, [quantity.of(row) for row in line.itertuples()], style)
            handles.append(Line2D([], [], label=_name(amplitude), **style))
        for axes, quantity in zip(panels, quantities, strict=True):
            axes.set_title(quantity.title)
            accuracy_axis(axes, quantity.label)
            chance_line(axes, classes)
        ticks = ["none", *(f"{rate * 100:g} %" for rate in rates)]
        panels[-1].set_xticks(range(len(ticks)), ticks)
        panels[-1].set_xlabel("poisoning rate")
        if len(handles) > 1:
            legend_above(figure, handles, columns=3)


def _name(amplitude: float) -> str:
    return f"amplitude {number_name(amplitude)}"


def _draw_band(
    axes: Axes, places: Sequence[float], points: Sequence[Measured], style: dict[str, str]
) -> None:
    low, high = [point.low for point in points], [point.high for point in points]
    value = [point.accuracy for point in points]
    axes.fill_between(places, low, high, color=style["color"], alpha=0.16, linewidth=0)
    axes.errorbar(places, value, yerr=_bars(points), elinewidth=1, capsize=2, **style)
    if points[0].seeds > 1:
        thin_line(axes, places, [point.lowest for point in points], style["color"])
        thin_line(axes, places, [point.highest for point in points], style["color"])


def _draw_against_amplitude(
    table: pd.DataFrame,
    poison: str,
    unpoisoned: Sequence[str],
    classes: int,
    paper_reference: bool,
    path: Path,
) -> None:
    """Draw a line for each rate, on poisoned recordings above, on clean ones below."""
    retrained = table[table.poison == poison]
    colours = rate_colours(retrained.poisoning_rate.unique())
    lines = [(name, table[table.recipe == name], INK, "D") for name in unpoisoned] + [
        (f"retrained, {rate * 100:g} % poisoned", rows, colours[rate], marker)
        for marker, (rate, rows) in zip(
            MARKERS * 9, retrained.groupby("poisoning_rate"), strict=False
        )
    ]
    with drawing(path, height=6.6) as figure:
        noisy, clean = figure.subplots(2, sharex=True)
        for place, (_, rows, colour, marker) in enumerate(lines):
            shift = DODGE ** (place - (len(lines) - 1) / 2)
            _draw_line(noisy, rows, shift, colour, marker, ON_POISONED)
            _draw_line(clean, rows, shift, colour, marker, ON_CLEAN)
        _finish(noisy, clean, table, classes)
        handles = [
            Line2D([], [], color=colour, marker=marker, label=name)
            for name, _, colour, marker in lines
        ]
        if paper_reference:
            label = f"paper: {paper.POISONING.accuracy:.2f}, amplitude not given"
            handles.append(level_line(noisy, paper.POISONING.accuracy, label))
        legend_above(figure, handles, columns=2)


def _bars(points: Sequence[Measured]) -> list[list[float]]:
    """Return how far the interval of each point reaches below and above it."""
    return [
        [point.accuracy - point.low for point in points],
        [point.high - point.accuracy for point in points],
    ]


def _draw_line(
    axes: Axes, rows: pd.DataFrame, shift: float, colour: str, marker: str, quantity: _Quantity
) -> None:
    rows = rows.sort_values("eps")
    points = [quantity.of(row) for row in rows.itertuples()]
    level = [point.accuracy for point in points]
    axes.errorbar(
        rows.eps * shift,
        level,
        yerr=_bars(points),
        color=colour,
        marker=marker,
        elinewidth=1.2,
        linewidth=1.4,
    )


def _finish(noisy: Axes, clean: Axes, table: pd.DataFrame, classes: int) -> None:
    for axes, quantity in ((noisy, ON_POISONED), (clean, ON_CLEAN)):
        axes.set_title(quantity.title)
        accuracy_axis(axes, quantity.label)
        chance_line(axes, classes, below=True)
    ratios = table.groupby("eps")[["median_snr_db", "median_si_sdr_db"]].mean()
    clean.set_xscale("log")
    clean.set_xticks(
        ratios.index,
        [f"{eps:g}\n{snr:.0f} dB\n{si_sdr:.0f} dB" for eps, snr, si_sdr in ratios.itertuples()],
    )
    clean.set_xlim(ratios.index.min() / MARGIN, ratios.index.max() * MARGIN)
    clean.minorticks_off()
    clean.set_xlabel("amplitude of the noise (of full scale); below it the median SNR and SI-SDR")
