"""Panels with inputs of a network: spectrograms and waveforms."""

import numpy as np
from matplotlib.colors import Normalize

from mishear.report.drawing.inputs import colour_bar, draw_input, draw_range, is_line, picture
from mishear.report.drawing.style import drawing

IMAGE = np.arange(6.0).reshape(2, 3)
LINE = np.sin(np.arange(2000) / 50)


def test_low_frequencies_are_at_the_bottom(tmp_path):
    with drawing(tmp_path / "figure.svg", height=2) as figure:
        grid = figure.subplots(1, 2, squeeze=False)
        draw_input(grid[0, 0], IMAGE, Normalize(0, 5), "magma")
        colour_bar(figure, grid, Normalize(0, 5), "magma", "level, dB")
        (image,) = grid[0, 0].get_images()
        assert image.origin == "lower"
        assert np.array_equal(image.get_array(), IMAGE)
    assert "level, dB" in (tmp_path / "figure.svg").read_text()


def test_a_waveform_is_a_line_with_its_extremes(tmp_path):
    assert is_line(LINE) and not is_line(IMAGE)
    with drawing(tmp_path / "figure.svg", height=2) as figure:
        axes, other = figure.subplots(1, 2)
        draw_input(axes, LINE, Normalize(-2, 2), "magma")
        assert not axes.get_images()
        assert axes.get_ylim() == (-2, 2)
        (area,) = axes.collections
        heights = area.get_paths()[0].vertices[:, 1]
        assert (heights.min(), heights.max()) == (LINE.min(), LINE.max())
        draw_range(other, LINE, np.arange(2000) / 1000)
        assert other.get_xlim() == (0, 1.999)


def test_pictures_hold_every_point_of_an_image_and_the_range_of_a_waveform():
    assert np.array_equal(picture(IMAGE, 0, 5), IMAGE)
    assert picture(IMAGE[None], 0, 5).shape == (2, 3)
    drawn = picture(LINE, -1, 1)
    assert set(np.unique(drawn)) == {-1, 1}
    assert (drawn.max(axis=0) == 1).all()
    quiet = picture(LINE / 10, -1, 1)
    assert (quiet == 1).sum() < (drawn == 1).sum()
