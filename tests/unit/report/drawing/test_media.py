"""Figures for print: as wide as a column, with text that can be read."""

import re

import pytest
from matplotlib.figure import Figure

from mishear.report.drawing.media import (
    COLUMN,
    LEAST,
    TWO_COLUMNS,
    inches,
    lay_out,
    points,
    printed,
    text_points,
)
from mishear.report.drawing.style import drawing

LONG = "a title that is much longer than the panel that it stands above"


def draw(path, width=6.0):
    with drawing(path, height=3, width=width) as figure:
        axes = figure.subplots(1, 2)[0]
        axes.plot([0, 1], [0, 1], label="line")
        axes.set_title(LONG, fontsize=points(9))
        axes.set_xlabel(LONG)


def width_of(svg):
    return float(re.search(r'width="([\d.]+)pt"', svg.read_text())[1]) / 72


@pytest.mark.parametrize(("width", "expected"), [(6.0, COLUMN), (6.8, COLUMN), (9.4, TWO_COLUMNS)])
def test_the_files_have_the_width_of_columns(tmp_path, width, expected):
    with printed():
        draw(tmp_path / "figure.svg", width)
    assert width_of(tmp_path / "figure.svg") == pytest.approx(expected, abs=0.01)
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ", (tmp_path / "figure.pdf").read_bytes())
    assert float(box[1]) / 72 == pytest.approx(expected, abs=0.01)


def test_the_page_gets_what_it_got_and_no_pdf(tmp_path):
    draw(tmp_path / "before.svg")
    with printed():
        draw(tmp_path / "column.svg")
    draw(tmp_path / "after.svg")
    assert (tmp_path / "before.svg").read_bytes() == (tmp_path / "after.svg").read_bytes()
    assert width_of(tmp_path / "before.svg") == pytest.approx(6)
    assert not (tmp_path / "before.pdf").exists()


def test_the_same_figure_has_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        with printed():
            draw(tmp_path / f"{name}.svg")
    for kind in ("svg", "pdf"):
        one, two = (tmp_path / f"{name}.{kind}" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_readers_need_no_fonts(tmp_path):
    with printed():
        draw(tmp_path / "figure.svg")
    assert "<text" not in (tmp_path / "figure.svg").read_text()
    pdf = (tmp_path / "figure.pdf").read_bytes()
    assert b"/FontFile2" in pdf
    assert b"/Type3" not in pdf


def test_sizes_shrink_in_print_alone():
    assert (points(9.5), text_points(6), inches(6, 2)) == (9.5, 6, (6, 2))
    with printed():
        assert points(9.5) == text_points(9.5) == pytest.approx(8)
        assert text_points(6) == LEAST
        width, height = inches(6, 2)
        assert width == COLUMN and height < 2


def test_long_titles_and_labels_are_broken_and_short_ones_are_not():
    figure = Figure(figsize=(4, 3), layout="constrained")
    short, long = figure.subplots(1, 2)
    short.set_title("short", loc="left")
    short.set_ylabel(LONG)
    long.set_title(LONG, loc="left")
    long.set_xlabel(LONG)
    lay_out(figure)
    assert short.get_title("left") == "short"
    for words in (long.get_title("left"), long.get_xlabel(), short.get_ylabel()):
        assert "\n" in words
        assert " ".join(words.split()) == LONG


def test_a_title_may_reach_over_panels_without_a_title():
    figure = Figure(figsize=(6, 2), layout="constrained")
    titled, _ = figure.subplots(1, 2)
    titled.set_title(LONG, loc="left")
    lay_out(figure)
    assert titled.get_title("left") == LONG
