"""Where a figure is seen: in the report's page, or printed in a column of a paper."""

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

COLUMN = 85 / 25.4
"""Inches: the width of a column of a paper with two."""

TWO_COLUMNS = 178 / 25.4
"""Inches: the width of both, for figures that are wide in the page."""

WIDE = 7.0
"""Inches in the page from which on a figure takes both."""

SCALE = 8 / 9.5
"""Of text and lines in print: text is 8 points high."""

LEAST = 7.0
"""Points: no text in print is smaller."""

LOWER = 0.72
"""Of the height in the page, in print."""

GAP = 0.97
"""Of the room up to the next title, what a title may take."""

LETTERS = 6
"""Of a line, at least."""

_printed: ContextVar[bool] = ContextVar("printed", default=False)


@contextmanager
def printed() -> Iterator[None]:
    """Draw for print: narrower, with smaller text, as SVG and as PDF."""
    token = _printed.set(True)
    try:
        yield
    finally:
        _printed.reset(token)


def is_printed() -> bool:
    """Return whether figures are drawn for print."""
    return _printed.get()


def points(size: float) -> float:
    """Return the size of a line or a marker where figures are drawn now.

    Parameters
    ----------
    size
        In the page, in points.
    """
    return size * SCALE if is_printed() else size


def text_points(size: float) -> float:
    """Return the size of a text where figures are drawn now.

    Parameters
    ----------
    size
        In the page, in points.
    """
    return max(size * SCALE, LEAST) if is_printed() else size


def inches(width: float, height: float) -> tuple[float, float]:
    """Return width and height where figures are drawn now.

    Parameters
    ----------
    width, height
        In the page, in inches.
    """
    if not is_printed():
        return width, height
    return (TWO_COLUMNS if width > WIDE else COLUMN), height * LOWER


def lay_out(figure: Figure) -> None:
    """Arrange a figure for print: break texts that are too long for their panels into lines.

    Its layout is computed here and then fixed, as it takes longer than to write a file.

    Parameters
    ----------
    figure
        The figure, complete.
    """
    engine = figure.get_layout_engine()
    engine.execute(figure)
    broken = [_break(text, room) for text, room in _texts_with_room(figure)]
    if any(broken):
        engine.execute(figure)
    figure.set_layout_engine("none")


def _texts_with_room(figure: Figure) -> Iterator[tuple[Text, float]]:
    """Yield titles and labels of panels, each with the length that it can have, in pixels."""
    boxes = {axes: axes.get_window_extent() for axes in figure.axes}
    titled = {axes: axes.get_title("left") for axes in figure.axes}
    for axes, box in boxes.items():
        yield axes.xaxis.label, box.width
        yield axes.yaxis.label, box.height
        if titled[axes]:
            beside = [
                other.x0
                for each, other in boxes.items()
                if titled[each] and other.x0 > box.x0 and abs(other.y0 - box.y0) < box.height / 2
            ]
            room = min(beside, default=figure.bbox.width) - box.x0
            yield _title(axes), room * (1 if not beside else GAP)


def _title(axes: Axes) -> Text:
    words = axes.get_title("left")
    texts = [each for each in axes.get_children() if isinstance(each, Text)]
    return next(each for each in texts if each.get_text() == words)


def _break(text: Text, room: float) -> bool:
    """Break a text into lines of at most some pixels; return whether it was longer."""
    words, box = text.get_text(), text.get_window_extent()
    length = max(box.width, box.height)
    if not words.strip() or length <= room:
        return False
    letters = max(int(len(words) * room / length), LETTERS)
    lines = textwrap.wrap(words, letters)
    while letters > LETTERS and len(textwrap.wrap(words, letters - 1)) == len(lines):
        letters -= 1  # lines of about the same length
    text.set_text(textwrap.fill(words, letters))
    return True
