"""Panels with spectrograms."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure


def draw_spectrogram(axes: Axes, values: np.ndarray, levels: Normalize, colour_map: str) -> None:
    """Draw a spectrogram, low frequencies at the bottom."""
    axes.imshow(
        values, origin="lower", aspect="auto", cmap=colour_map, norm=levels, interpolation="none"
    )
    axes.grid(visible=False)


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
