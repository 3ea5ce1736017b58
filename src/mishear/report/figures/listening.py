"""What a listener and a recogniser hear of attacks on the waveform and of noise."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mishear.evaluation.measurements import over_seeds
from mishear.report.figures.style import (
    INK,
    MUTED,
    SERIES,
    accuracy_axis,
    attack_styles,
    chance_line,
    drawing,
    legend_above,
)

PANEL_HEIGHT = 3.2
PESQ_RANGE = (1, 4.64)
SAVED = ("saved_accuracy", "saved_low", "saved_high")


def ears_over_seeds(ears: pd.DataFrame) -> pd.DataFrame:
    """One row for what was heard in the sounds of several seeds: means, widest limits."""
    keys = ["kind", "name", "budget", "eps", "recogniser"]
    how = {
        "recognised": ("recognised", "mean"),
        "recognised_low": ("recognised_low", "min"),
        "recognised_high": ("recognised_high", "max"),
        "kept": ("kept", "mean"),
        "kept_low": ("kept_low", "min"),
        "kept_high": ("kept_high", "max"),
        "kept_n": ("kept_n", "first"),
        "n": ("n", "first"),
        "median_snr_db": ("median_snr_db", "mean"),
        "median_si_sdr_db": ("median_si_sdr_db", "mean"),
        "median_pesq": ("median_pesq", "mean"),
        "pesq_n": ("pesq_n", "min"),
        "median_stoi": ("median_stoi", "mean"),
        "clipped": ("clipped", "mean"),
    }
    return ears.groupby(keys, dropna=False, sort=False).agg(**how).reset_index()


def draw_ratios(
    summary: pd.DataFrame,
    ears: pd.DataFrame,
    halves: pd.DataFrame,
    attacks: Sequence[str],
    classes: int,
    path: Path,
) -> None:
    """Accuracy under attacks on the waveform, with what recognisers hear of the same recordings.

    Both are of the recordings saved with 16 bits and read again.

    Parameters
    ----------
    summary
        Rows of the reference victims without a defence.
    ears, halves
        Rows of ``ears.csv`` and ``snr_at_half.csv`` of the same victims.
    attacks
        On the waveform, in the study's order.
    classes
        How many there are, for the accuracy of guessing.
    path
        The SVG file.
    """
    table = over_seeds(summary[summary.attack.isin(attacks) & np.isfinite(summary.eps)])
    budgets = [budget for budget in ("snr", "eps") if (table.budget == budget).any()]
    styles = attack_styles(attacks)
    heard = ears_over_seeds(ears[ears.kind == "waveform"])
    with drawing(path, height=PANEL_HEIGHT * len(budgets) + 0.6) as figure:
        panels = figure.subplots(len(budgets), squeeze=False)[:, 0]
        for axes, budget in zip(panels, budgets, strict=True):
            for attack, line in table[table.budget == budget].groupby("attack", sort=False):
                _draw_accuracy(axes, line, styles[attack], SAVED)
                _draw_heard(axes, heard[(heard.name == attack) & (heard.budget == budget)], styles)
            accuracy_axis(axes, "share heard right")
            chance_line(axes, classes)
            _draw_scale(axes, budget)
        for row in halves.itertuples() if "snr" in budgets else ():
            _draw_half(panels[0], row, styles[row.attack]["color"])
        legend_above(figure, _handles(table, heard, styles), columns=3)


def _draw_accuracy(
    axes: Axes,
    line: pd.DataFrame,
    style: dict[str, str],
    columns: tuple[str, str, str] = ("accuracy", "ci_low", "ci_high"),
) -> None:
    line = line.sort_values("eps")
    accuracy, low, high = (line[column] for column in columns)
    axes.fill_between(line.eps, low, high, color=style["color"], alpha=0.16, lw=0)
    axes.plot(line.eps, accuracy, **style)


def _draw_heard(axes: Axes, heard: pd.DataFrame, styles: dict[str, dict[str, str]]) -> None:
    for (attack, _), line in heard.groupby(["name", "recogniser"], sort=False):
        line = line.sort_values("eps")
        axes.plot(line.eps, line.kept, color=styles[attack]["color"], linestyle="--", lw=1.2)


def _draw_scale(axes: Axes, budget: str) -> None:
    if budget == "snr":
        axes.invert_xaxis()
        axes.set_xlabel("lowest signal-to-noise ratio, dB (to the right: louder)")
    else:
        axes.set_xscale("log")
        axes.set_xlabel("eps, fraction of full scale")


def _draw_half(axes: Axes, row, colour: str) -> None:
    if not np.isfinite(row.saved_snr_db):
        return
    # An end of the interval beyond what was run is drawn to the edge.
    left, right = sorted(axes.get_xlim())
    low, high = np.clip([row.saved_low, row.saved_high], left, right)
    axes.plot([low, high], [row.half, row.half], color=colour, lw=1.4, zorder=4)
    axes.plot([row.saved_snr_db], [row.half], marker="|", markersize=11, color=colour, zorder=5)


def _handles(table: pd.DataFrame, heard: pd.DataFrame, styles: dict[str, dict]) -> list[Line2D]:
    present = [attack for attack in styles if (table.attack == attack).any()]
    handles = [Line2D([], [], label=attack, **styles[attack]) for attack in present]
    handles += [
        Line2D([], [], color=MUTED, linestyle="--", lw=1.2, label=f"{name}, relative to clean")
        for name in heard.recogniser.dropna().unique()
    ]
    if "snr" in set(table.budget):
        handles.append(
            Line2D([], [], color=MUTED, marker="|", lw=1.4, label="half the clean accuracy")
        )
    return handles


def draw_ears(
    summary: pd.DataFrame,
    ears: pd.DataFrame,
    poison: str,
    reference: str | None,
    classes: int,
    path: Path,
) -> None:
    """What is heard of noise, by victims and recognisers, and how good it sounds.

    Parameters
    ----------
    summary
        Rows of one setting without a defence.
    ears
        Rows of ``ears.csv`` of its recordings.
    poison
        A recipe that adds noise.
    reference
        The training without poison.
    classes
        How many there are.
    path
        The SVG file.
    """
    table = over_seeds(summary[summary.attack == poison])
    heard = ears_over_seeds(ears[(ears.kind == "poisoned") & (ears.name == poison)])
    heard = heard.sort_values("eps")
    with drawing(path, height=6.4) as figure:
        top, middle, bottom = figure.subplots(3, sharex=True, height_ratios=[2, 1, 1])
        handles = _draw_victims(top, table, poison, reference)
        for number, (recogniser, line) in enumerate(heard.groupby("recogniser", sort=False)):
            style = {"color": INK, "marker": "s", "linestyle": ("--", ":")[number % 2]}
            top.plot(line.eps, line.kept, **style)
            label = f"{recogniser}, relative to clean"
            handles.append(Line2D([], [], label=label, **style))
        accuracy_axis(top, "share heard right")
        chance_line(top, classes)
        quality = heard.drop_duplicates("eps")
        middle.plot(quality.eps, quality.median_pesq, color=SERIES[2], marker="o")
        middle.set_ylim(PESQ_RANGE[0] - 0.15, PESQ_RANGE[1] + 0.15)
        middle.set_ylabel("PESQ")
        bottom.plot(quality.eps, quality.median_stoi, color=SERIES[2], marker="o")
        accuracy_axis(bottom, "STOI")
        bottom.set_xscale("log")
        bottom.set_xlabel("amplitude of the noise, fraction of full scale")
        legend_above(figure, handles, columns=2)


def _draw_victims(
    axes: Axes, table: pd.DataFrame, poison: str, reference: str | None
) -> list[Line2D]:
    poisoned = table[table.poison == poison]
    lines = {"trained without noise": table[table.recipe == reference]}
    if len(poisoned):
        largest = poisoned.poisoning_rate.max()
        label = f"trained with noise in {largest * 100:g} %"
        lines[label] = poisoned[poisoned.poisoning_rate == largest]
    handles = []
    for number, (label, line) in enumerate(lines.items()):
        style = {"color": SERIES[number], "marker": "o^"[number]}
        _draw_accuracy(axes, line, style)
        handles.append(Line2D([], [], label=label, **style))
    return handles
