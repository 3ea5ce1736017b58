"""Legends are as narrow as their figure."""

import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mishear.report.drawing.legends import legend_above
from mishear.report.drawing.media import printed


def legend(labels, width, columns=3):
    figure = Figure(figsize=(width, 3), layout="constrained")
    figure.subplots()
    legend_above(figure, [Line2D([], [], label=label) for label in labels], columns)
    figure.draw_without_rendering()
    return figure.legends[0], figure.bbox.width


@pytest.mark.parametrize(
    ("labels", "columns"),
    [
        (["fgsm", "pgd", "cw"], 3),
        (["fgsm", "pgd", "cw", "paper, FGSM: 0.17 at 0.95", "paper, PGD: 0.00 at 0.95"], 2),
        (["a recipe whose name is long behind a defence", "another such recipe, longer"], 1),
    ],
)
def test_it_has_as_many_columns_as_fit(labels, columns):
    with printed():
        found, room = legend(labels, 3.35)
    assert found._ncols == columns
    assert found.get_window_extent().width <= room


def test_a_label_that_is_longer_than_the_figure_is_broken():
    words = "gaussian-sigma3 behind smoothing (99 of 720 at the cap of 11.1 dB)"
    found, room = legend([words], 3.35)
    (text,) = found.get_texts()
    assert " ".join(text.get_text().split()) == words and "\n" in text.get_text()
    assert found.get_window_extent().width <= room
