"""Sizes with their units."""

import pytest

from mishear.core.units import labelled, sized


@pytest.mark.parametrize(
    ("size", "unit", "text"),
    [
        (0.5, "dB", "0.5 dB"),
        ("0.10", "dB", "0.10 dB"),
        (0.01, "full scale", "0.01 of full scale"),
        (2.0, "", "2"),
    ],
)
def test_a_size_is_written_with_its_unit(size, unit, text):
    assert sized(size, unit) == text


def test_an_axis_without_a_unit_names_the_quantity():
    assert labelled("level", "dB") == "level, dB"
    assert labelled("level", "") == "level"
