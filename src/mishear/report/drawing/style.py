"""How all figures look: one palette, one type size, the same bytes for the same data."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib import rc_context, rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from mishear.core.files import atomic_path
from mishear.report.drawing.media import inches, is_printed, lay_out, points, text_points

# The report replaces these four by colours that follow the reader's colour scheme, so nothing
# else may be drawn in exactly these.
INK = "#1f2328"
MUTED = "#57606a"
GRID = "#d8dee3"
PAPER = "#fefefe"

SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c7a1f")
"""Okabe and Ito's colours: told apart with every common colour-vision deficiency."""

DARK_SERIES = ("#5aa9e6", "#ff8a4c", "#2fc79a", "#e6a3ca", "#f2b636", "#8accf5", "#c2ae4a")
"""The same hues on a dark ground."""

RATES = ("#8ebfe0", "#3f93c8", "#00598c")
"""Faint to strong: small to large poisoning rates."""

DARK_RATES = ("#41657f", "#4a9ad4", "#93d0ff")

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

SHIFT = 2.5
"""Points between curves that would cover each other."""

DASHES = ("-", "--", "-.", ":")

WIDTH = 6.0
"""Inches."""
NARROW = 4.9
"""Width of a figure of one panel; a phone shows it with text that can still be read."""

RC = {
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "figure.constrained_layout.use": True,
    "font.family": ["DejaVu Sans"],
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.facecolor": "none",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "lines.linewidth": 1.8,
    "lines.markersize": 4.5,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "mishear",
}


ANONYMOUS = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
"""The same data give the same bytes, whenever and by whichever version it is drawn."""

IN_POINTS = (
    *("font.size", "axes.titlesize", "grid.linewidth", "lines.linewidth", "lines.markersize"),
    *("axes.labelpad", "axes.titlepad", "axes.linewidth"),
    *(f"{axis}tick.major.{what}" for axis in "xy" for what in ("size", "pad", "width")),
)
"""Settings of Matplotlib that are sizes."""

FINE = 288
"""Dots an inch at which the layout is computed: at few, text is measured too narrow."""

PRINTED = {"svg.fonttype": "path", "pdf.fonttype": 42, "axes.titleweight": "normal"}
"""Readers need no fonts, and the text of a PDF can be searched. Each font in it takes time."""


def settings() -> dict[str, Any]:
    """Return Matplotlib's settings for figures where they are drawn now."""
    if not is_printed():
        return RC
    return RC | {name: points(float({**rcParams, **RC}[name])) for name in IN_POINTS} | PRINTED


@contextmanager
def drawing(path: Path, height: float, width: float = WIDTH) -> Iterator[Figure]:
    """Yield an empty figure to draw on and write it at the end.

    Parameters
    ----------
    path
        The SVG file; for print a PDF is written beside it.
    height, width
        Inches, in the page; see :func:`mishear.report.drawing.media.inches`.
    """
    with rc_context(settings()):
        figure = Figure(figsize=inches(width, height), dpi=FINE)
        FigureCanvasAgg(figure)
        yield figure
        if is_printed():
            lay_out(figure)
        for kind in ("svg", "pdf") if is_printed() else ("svg",):
            with atomic_path(path.with_suffix(f".{kind}")) as temporary:
                figure.savefig(temporary, format=kind, metadata=ANONYMOUS[kind])


def attack_styles(attacks: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return colour, marker and dashes of each attack, the same in all figures of a study."""
    return {attack: style_of(number) for number, attack in enumerate(attacks)}


def style_of(number: int) -> dict[str, str]:
    """Return colour, marker and dashes of a curve, so that no two differ by colour alone."""
    return {
        "color": SERIES[number % len(SERIES)],
        "marker": MARKERS[number % len(MARKERS)],
        "linestyle": DASHES[number % len(DASHES)],
    }


def rate_colours(rates: Sequence[float]) -> dict[float, str]:
    """Return a colour for each poisoning rate, stronger for higher ones."""
    ordered = sorted(rates)
    last = max(len(ordered) - 1, 1)
    scale = len(RATES) - 1
    return {
        rate: RATES[round(i / last * scale) if len(ordered) > 1 else scale]
        for i, rate in enumerate(ordered)
    }


def accuracy_axis(axes: Axes, label: str = "accuracy") -> None:
    """Set a y axis to 0..1, and a little beyond so that lines at the ends stay visible."""
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    axes.set_ylabel(label)


def accuracy_band(
    axes: Axes,
    line: pd.DataFrame,
    style: dict[str, str],
    name: str = "accuracy",
    stem: str = "ci",
    clean_at: float | None = None,
    shift: float = 0.0,
) -> None:
    """Draw an accuracy against eps with its interval, and the spread over seeds.

    Parameters
    ----------
    axes
        The panel.
    line
        Rows of ``summary_over_seeds.csv``.
    style
        Colour, marker and dashes.
    name, stem
        Name of the accuracy's column, and what the names of its limits begin with.
    clean_at
        Where on the x axis the accuracy on clean recordings stands, joined to the others.
    shift
        By how many points curve and bars are moved to the right, so that equal curves stay apart.
    """
    line = line.sort_values("eps")
    moved = axes.transData + ScaledTranslation(shift / 72, 0, axes.figure.dpi_scale_trans)
    value, low, high = line[name], line[f"{stem}_low"], line[f"{stem}_high"]
    below, above = (value - low).clip(lower=0), (high - value).clip(lower=0)
    bars = {"fmt": "none", "elinewidth": 1, "capsize": 2, "ecolor": style["color"]}
    axes.errorbar(line.eps, value, [below, above], transform=moved, **bars)
    columns = (name, f"{stem}_low", f"{stem}_high")
    clean = ("clean_accuracy", "clean_low", "clean_high")
    places, (values, lows, highs) = list(line.eps), ([*line[column]] for column in columns)
    if clean_at is not None:
        joined = [clean_at, *places]
        order = sorted(range(len(joined)), key=joined.__getitem__)
        first = line.iloc[0]
        values, lows, highs = (
            [[first[column], *found][i] for i in order]
            for column, found in zip(clean, (values, lows, highs), strict=True)
        )
        places = [joined[i] for i in order]
    axes.fill_between(places, lows, highs, color=style["color"], alpha=0.16, lw=0)
    axes.plot(places, values, transform=moved, **style)
    if line.seeds.max() > 1:
        for end in ("lowest", "highest"):
            thin_line(axes, line.eps, line[f"{name}_{end}"], style["color"])


def shifts(count: int) -> list[float]:
    """Return by how many points each of some curves is moved to the right."""
    return [SHIFT * (number - (count - 1) / 2) for number in range(count)]


def clean_place(sizes: Sequence[float], budget: str) -> float:
    """Return where clean recordings stand on the axis of :func:`noise_axis`: beyond all sizes."""
    low, high = min(sizes), max(sizes)
    if budget == "snr":
        return high + ((high - low) / 4 or 5)
    return low / ((high / low) ** 0.25 if high > low else 2)


def noise_axis(axes: Axes, budget: str, sizes: Sequence[float]) -> None:
    """Label the axis of the size of a change of the waveform, louder to the right.

    Parameters
    ----------
    axes
        The panel.
    budget
        ``snr`` for signal-to-noise ratios, ``eps`` for fractions of full scale.
    sizes
        What was run, beside which clean recordings stand at :func:`clean_place`.
    """
    sizes = sorted(set(sizes))
    if budget == "snr":
        axes.invert_xaxis()
        axes.set_xlabel("lowest signal-to-noise ratio, dB (to the right: louder)")
    else:
        axes.set_xscale("log")
        axes.minorticks_off()
        axes.set_xlabel("eps, fraction of full scale")
    places = [clean_place(sizes, budget), *sizes]
    axes.set_xticks(places, ["clean", *map("{:g}".format, sizes)])


def thin_line(axes: Axes, places: Sequence[float], values: Sequence[float], colour: str) -> None:
    """Draw what is measured with one seed beside the mean over all of them."""
    axes.plot(places, values, color=colour, lw=0.6, alpha=0.7)


def chance_line(axes: Axes, classes: int, below: bool = False) -> None:
    """Mark the accuracy of guessing; its name can stand below the line."""
    axes.axhline(1 / classes, color=MUTED, linewidth=1, linestyle=(0, (1, 2)), zorder=1)
    axes.annotate(
        "chance",
        (0, 1 / classes),
        xycoords=("axes fraction", "data"),
        xytext=(3, -2 if below else 2),
        va="top" if below else "baseline",
        textcoords="offset points",
        color=MUTED,
        fontsize=text_points(8.5),
    )


def level_line(axes: Axes, level: float, label: str) -> Line2D:
    """Mark an accuracy without a place on the x axis; return its line for the legend."""
    return axes.axhline(level, color=MUTED, linewidth=1.2, linestyle=(0, (6, 3)), label=label)
