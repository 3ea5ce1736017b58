"""Filters of the templates."""

import math
from types import SimpleNamespace

import pytest

from mishear.core.statistics import Measured
from mishear.report.environment import decibels, environment, interval, ratio


def test_filters_write_numbers_alike():
    template = environment().from_string(
        "{{ 0.5 | share }} {{ '' | maybe }} {{ 2.345 | decibels(2) }}"
    )
    assert template.render() == "0.500  2.35"
    assert interval(Measured(0.5, 0.4, 0.61, 10)) == "0.400 to 0.610"


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (math.nan, "–"), (math.inf, "no change"), (3.14, "3.1")]
)
def test_ratios_that_are_no_numbers_have_words(value, text):
    assert decibels(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(math.inf, "above 80"), (-math.inf, "below 0"), (12.34, "12.3")]
)
def test_ratios_beyond_what_was_run_say_so(value, text):
    row = SimpleNamespace(highest_snr_db=80.0, lowest_snr_db=0.0)
    assert ratio(value, row) == text


def test_text_is_escaped():
    assert environment().from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
