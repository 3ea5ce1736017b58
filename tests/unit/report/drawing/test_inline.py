"""Figures put into a page."""

import re

import pytest

from mishear.report.drawing.inline import inline_svg
from mishear.report.drawing.style import INK, drawing


@pytest.fixture
def figure(tmp_path):
    path = tmp_path / "figure.svg"
    with drawing(path, height=1) as drawn:
        drawn.text(0.1, 0.5, "drawn")
    return path


def test_figures_follow_the_colour_scheme_of_the_page(figure):
    text = inline_svg(figure, "what it shows")
    assert "var(--ink)" in text
    assert INK not in text
    assert ">what it shows</title>" in text


def test_equal_pictures_in_a_figure_do_not_share_a_name(tmp_path):
    path = tmp_path / "twice.svg"
    with drawing(path, height=1) as drawn:
        for axes in drawn.subplots(1, 2):
            axes.imshow([[0, 1], [1, 0]], interpolation="none")
    ids = re.findall(r' id="([^"]+)"', inline_svg(path, "the same twice"))
    assert len(ids) == len(set(ids))
