"""Panels with spectrograms."""

import numpy as np
from matplotlib.colors import Normalize

from mishear.report.drawing.spectrogram import colour_bar, draw_spectrogram
from mishear.report.drawing.style import drawing


def test_low_frequencies_are_at_the_bottom(tmp_path):
    with drawing(tmp_path / "figure.svg", height=2) as figure:
        grid = figure.subplots(1, 2, squeeze=False)
        values = np.arange(6.0).reshape(2, 3)
        draw_spectrogram(grid[0, 0], values, Normalize(0, 5), "magma")
        colour_bar(figure, grid, Normalize(0, 5), "magma", "level, dB")
        (image,) = grid[0, 0].get_images()
        assert image.origin == "lower"
        assert np.array_equal(image.get_array(), values)
    assert "level, dB" in (tmp_path / "figure.svg").read_text()
