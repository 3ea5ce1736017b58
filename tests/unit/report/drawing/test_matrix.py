"""Cells of a matrix hold a rate with its interval."""

from types import SimpleNamespace

from matplotlib.figure import Figure

from mishear.report.drawing.matrix import DARK_TEXT, LIGHT_TEXT, draw_rates


def cell(rate):
    return SimpleNamespace(success_rate=rate, success_low=rate - 0.1, success_high=rate + 0.1)


def test_every_cell_is_written_where_it_stands_and_can_be_read():
    axes = Figure().subplots()
    draw_rates(axes, {(0, 1): cell(0.9), (1, 0): cell(0.2)}, ["x", "y"], ["u", "v"])
    texts = {text.get_position(): text for text in axes.texts}
    assert texts[1, 0].get_text() == "0.90\n0.80–1.00"
    assert texts[0, 1].get_text() == "0.20\n0.10–0.30"
    assert texts[1, 0].get_color() == LIGHT_TEXT
    assert texts[0, 1].get_color() == DARK_TEXT
    assert [label.get_text() for label in axes.get_yticklabels()] == ["x", "y"]
    (image,) = axes.images
    assert image.get_array().mask.tolist() == [[True, False], [False, True]]
