"""What is heard, by the victim and by a recogniser, of attacks on the sound and of noise."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mishear.figures.style import (
    INK,
    MUTED,
    PAPER,
    SERIES,
    accuracy_axis,
    attack_styles,
    chance_line,
    drawing,
    legend_above,
)
from mishear.reading import over_seeds

PANEL_HEIGHT = 3.3
RECOGNISER = {"linestyle": (0, (4, 2)), "linewidth": 1.3}
HALF = {"marker": "D", "markersize": 7, "markerfacecolor": PAPER, "markeredgewidth": 1.6}
PESQ_RANGE = (1, 4.64)
"""Of wide-band PESQ: the worst score, and that of a recording compared with itself."""


def draw_snr(
    summary: pd.DataFrame,
    ears: pd.DataFrame,
    halves: pd.DataFrame,
    attacks: Sequence[str],
    reference: str,
    classes: int,
    path: Path,
) -> None:
    """Accuracy of the undefended reference victim under attacks on the waveform.

    A panel for attacks limited by a signal-to-noise ratio, from quiet to loud, with the ratio at
    which each halves the accuracy, and one for attacks with an eps. A recogniser's recognition
    relative to clean of the same recordings is drawn beside it.

    Parameters
    ----------
    summary
        The rows of one corpus, front end and network.
    ears, halves
        Rows of the same of ``ears.csv`` and ``snr_at_half.csv``; the recogniser drawn is the first.
    attacks
        The study's attacks in its order.
    reference
        The recipe.
    classes
        How many there are, for the accuracy of guessing.
    path
        The SVG file.
    """
    table = over_seeds(_undefended(summary, reference))
    table = table[(table.domain == "waveform") & table.attack.isin(list(attacks))]
    heard, recogniser = _first_recogniser(_undefended(ears, reference))
    heard = heard[heard.kind == "waveform"]
    halves = _undefended(halves, reference)
    styles = attack_styles(attacks)
    panels = [budget for budget in ("snr", "eps") if (table.budget == budget).any()]
    with drawing(path, height=PANEL_HEIGHT * len(panels) + 0.6) as figure:
        grid = figure.subplots(len(panels), squeeze=False).flat
        for axes, budget in zip(grid, panels, strict=True):
            here = table[(table.budget == budget) & np.isfinite(table.eps)]
            _draw_attacks(axes, here, heard[heard.budget == budget], styles)
            if budget == "snr":
                _mark_halves(axes, halves, here.eps, styles)
                _ratio_axis(axes, here)
            else:
                axes.set_xscale("log")
                axes.set_xlabel("eps, fraction of full scale")
            accuracy_axis(axes)
            chance_line(axes, classes)
        shown = [attack for attack in attacks if (table.attack == attack).any()]
        legend_above(figure, _handles(shown, styles, recogniser, "snr" in panels), columns=3)


def _undefended(rows: pd.DataFrame, reference: str) -> pd.DataFrame:
    return rows[(rows.recipe == reference) & (rows.defence == "none")]


def _first_recogniser(ears: pd.DataFrame) -> tuple[pd.DataFrame, str | None]:
    """The rows of one recogniser, with its name; all rows and None where none listened."""
    listening = ears.recogniser.dropna()
    if listening.empty:
        return ears, None
    return ears[ears.recogniser == listening.iloc[0]], listening.iloc[0]


def _draw_attacks(
    axes: Axes, table: pd.DataFrame, heard: pd.DataFrame, styles: Mapping[str, Mapping[str, str]]
) -> None:
    for attack, line in table.groupby("attack", sort=False):
        line = line.sort_values("eps")
        colour = styles[attack]["color"]
        axes.fill_between(line.eps, line.ci_low, line.ci_high, color=colour, alpha=0.16, lw=0)
        axes.plot(line.eps, line.accuracy, **styles[attack])
    for attack, line in heard.groupby("name", sort=False):
        kept = line.groupby("eps").kept.mean()
        axes.plot(kept.index, kept, color=styles[attack]["color"], **RECOGNISER)


def _mark_halves(
    axes: Axes, halves: pd.DataFrame, ratios: pd.Series, styles: Mapping[str, Mapping[str, str]]
) -> None:
    """The ratio at which each attack halves the accuracy, where it lies between those run."""
    for row in halves[np.isfinite(halves.snr_db)].itertuples():
        colour = styles[row.attack]["color"]
        interval = np.clip([row.low, row.high], ratios.min(), ratios.max())
        axes.plot(interval, [row.half] * 2, color=colour, lw=1.2, zorder=4)
        axes.plot([row.snr_db], [row.half], color=colour, linestyle="", zorder=5, **HALF)


def _ratio_axis(axes: Axes, table: pd.DataFrame) -> None:
    """Quiet at the left: large ratios first."""
    margin = 0.04 * (table.eps.max() - table.eps.min()) or 1
    axes.set_xlim(table.eps.max() + margin, table.eps.min() - margin)
    axes.set_xlabel("signal-to-noise ratio allowed, dB (quiet to loud)")


def _handles(
    attacks: Sequence[str],
    styles: Mapping[str, Mapping[str, str]],
    recogniser: str | None,
    halves: bool,
) -> list[Line2D]:
    handles = [Line2D([], [], label=attack, **styles[attack]) for attack in attacks]
    if recogniser is not None:
        label = f"{recogniser}, relative to clean"
        handles.append(Line2D([], [], color=MUTED, label=label, **RECOGNISER))
    if halves:
        handles.append(
            Line2D([], [], color=MUTED, linestyle="", label="half the clean accuracy", **HALF)
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
    """What victims and a recogniser hear of noise, and how it sounds, against its amplitude.

    Parameters
    ----------
    summary
        The rows of one corpus, front end and network.
    ears
        Rows of ``ears.csv`` of the same corpus and front end; the recogniser drawn is the first.
    poison
        A poisoned recipe of uniform noise; of its victims those with the largest share are drawn.
    reference
        The recipe without poison; None if the study has none.
    classes
        How many there are, for the accuracy of guessing.
    path
        The SVG file.
    """
    rows = summary[(summary.attack == poison) & (summary.defence == "none")]
    table = over_seeds(rows[rows.detector.isna()])
    heard, recogniser = _first_recogniser(ears[(ears.kind == "poisoned") & (ears.name == poison)])
    largest = table.poison_share.max()
    victims = {
        f"recipe {reference}": table[table.recipe == reference],
        f"retrained, {largest * 100:g} % poisoned": table[table.poison_share == largest],
    }
    styles = ({"color": INK, "marker": "D"}, {"color": SERIES[0], "marker": "o"})
    with drawing(path, height=6.6) as figure:
        above, opinion, understood = figure.subplots(3, sharex=True, height_ratios=[2.2, 1, 1])
        for (label, rows), style in zip(victims.items(), styles, strict=True):
            _draw_share(above, rows, ("accuracy", "ci_low", "ci_high"), label=label, **style)
        label, style = f"{recogniser}, relative to clean", {"color": SERIES[1], "marker": "s"}
        columns = ("kept", "kept_low", "kept_high")
        _draw_share(above, heard[heard.kept.notna()], columns, label=label, **style, **RECOGNISER)
        accuracy_axis(above, "share heard right")
        chance_line(above, classes)
        _draw_quality(opinion, understood, heard)
        _amplitude_axis(understood, heard)
        legend_above(figure, above.get_legend_handles_labels()[0], columns=2)


def _draw_share(axes: Axes, rows: pd.DataFrame, columns: Sequence[str], **style: Any) -> None:
    """A line of shares with bars, against ``eps``; ``columns`` are the share and its limits."""
    if rows.empty:
        return
    rows = rows.sort_values("eps")
    share, low, high = (rows[column] for column in columns)
    axes.errorbar(rows.eps, share, yerr=[share - low, high - share], elinewidth=1.2, **style)


def _draw_quality(opinion: Axes, understood: Axes, heard: pd.DataFrame) -> None:
    style = {"color": SERIES[2], "marker": "^"}
    opinion.plot(heard.eps, heard.median_pesq, **style)
    opinion.set_ylabel("median PESQ")
    opinion.set_ylim(PESQ_RANGE[0] - 0.15, PESQ_RANGE[1] + 0.15)
    opinion.set_yticks([1, 2, 3, 4, PESQ_RANGE[1]])
    understood.plot(heard.eps, heard.median_stoi, **style)
    accuracy_axis(understood, "median STOI")


def _amplitude_axis(axes: Axes, heard: pd.DataFrame) -> None:
    axes.set_xscale("log")
    ticks = [
        f"{row.eps:g}\n{row.median_snr_db:.0f} dB"
        for row in heard[["eps", "median_snr_db"]].itertuples()
    ]
    axes.set_xticks(heard.eps, ticks)
    axes.minorticks_off()
    axes.set_xlabel("amplitude of the noise (of full scale), with the median SNR below it")
