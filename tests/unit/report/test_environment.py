"""Filters of the templates."""

import math
from types import SimpleNamespace

import pytest

from mishear.core.statistics import Difference, Measured
from mishear.report.environment import (
    decibels,
    environment,
    interval,
    precision,
    ratio,
    signed,
    signed_interval,
)


def test_filters_write_numbers_alike():
    template = environment().from_string(
        "{{ 0.5 | share }} {{ '' | maybe }} {{ 2.345 | decibels(2) }}"
    )
    assert template.render() == "0.500  2.35"
    assert interval(Measured(0.5, 0.4, 0.61, 10)) == "0.400 to 0.610"


def test_differences_have_a_sign():
    difference = Difference(0.25, -0.01, 0.5)
    assert signed(difference) == "+0.250"
    assert signed_interval(difference) == "-0.010 to +0.500"


def test_an_interval_is_named_for_what_it_is():
    one = "of this one victim, n = 1,000; another training may lie outside it"
    assert precision(Measured(0.5, 0.4, 0.61, 1000)) == f"95 % interval 0.400 to 0.610 {one}"
    several = (
        "95 % interval 0.400 to 0.610 over 3 victims and 1,000 recordings; seeds 0.450 to 0.600"
    )
    assert precision(Measured(0.5, 0.4, 0.61, 1000, 3, 0.45, 0.6)) == several


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
