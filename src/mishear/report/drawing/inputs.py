"""Panels with inputs of a network: images of spectrograms and the like, lines of waveforms."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from mishear.report.drawing.style import INK

STRETCHES = 500
"""Stretches of a waveform of which the range is drawn: all that can be seen at a small size."""


def is_line(values: np.ndarray) -> bool:
    """Return whether an input, without its channel, is drawn as a line."""
    return values.ndim == 1


def draw_input(axes: Axes, values: np.ndarray, levels: Normalize, colour_map: str) -> None:
    """Draw an input as an image with low channels at the bottom, or as a line over its samples.

    Parameters
    ----------
    axes
        Panel.
    values
        Shape (..., frames) or (samples,).
    levels
        Lowest and highest value shown.
    colour_map
        Matplotlib's name.
    """
    if is_line(values):
        draw_range(axes, values, np.arange(len(values)))
        axes.set_ylim(levels.vmin, levels.vmax)
        return
    image = values.reshape(-1, values.shape[-1])
    axes.imshow(
        image, origin="lower", aspect="auto", cmap=colour_map, norm=levels, interpolation="none"
    )
    axes.grid(visible=False)


def draw_range(axes: Axes, values: np.ndarray, times: np.ndarray) -> None:
    """Draw lowest and highest value of a waveform in short stretches, against their starts."""
    lowest, highest = ranges(values, STRETCHES)
    starts = [part[0] for part in np.array_split(times, len(lowest))]
    axes.fill_between(starts, lowest, highest, color=INK, linewidth=0.4)
    axes.set_xlim(times[0], times[-1])


def ranges(values: np.ndarray, stretches: int) -> tuple[np.ndarray, np.ndarray]:
    """Return lowest and highest value of each of at most so many stretches of a waveform."""
    parts = np.array_split(values, min(stretches, len(values)))
    return np.array([part.min() for part in parts]), np.array([part.max() for part in parts])


def picture(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return an input as an image of shape (rows, columns): a pixel a point, or a waveform's range.

    Parameters
    ----------
    values
        Shape (..., frames) or (samples,).
    low, high
        Values at the bottom and the top of the image of a waveform, and of its two colours.
    """
    if not is_line(values):
        return values.reshape(-1, values.shape[-1])
    lowest, highest = ranges(values, STRETCHES // 2)
    rows = np.linspace(low, high, STRETCHES // 5)[:, None]
    half = (rows[1] - rows[0]) / 2
    return np.where((rows >= lowest - half) & (rows <= highest + half), high, low)


def colour_bar(
    figure: Figure, axes: np.ndarray, levels: Normalize, colour_map: str, label: str
) -> None:
    """Draw a colour bar below a group of panels."""
    figure.colorbar(
        ScalarMappable(levels, colour_map),
        ax=axes.ravel().tolist(),
        location="bottom",
        label=label,
        aspect=30,
        shrink=0.8,
    )
