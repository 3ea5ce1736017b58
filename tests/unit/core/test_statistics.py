"""Intervals of proportions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.statistics import Measured, lower_bound, proportion, wilson_interval


@given(st.integers(1, 2000), st.floats(0, 1))
def test_wilson_interval_holds_the_share_and_stays_within_0_and_1(n, share):
    correct = round(share * n)
    low, high = wilson_interval(correct, n)
    assert 0 <= low <= correct / n <= high <= 1
    assert low < high


def test_wilson_interval_against_the_formula():
    n, p, z = 240, 227 / 240, 1.959963984540054
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5
    assert wilson_interval(227, 240) == pytest.approx((centre - half, centre + half))


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_proportion_is_the_columns_of_a_table(a, b):
    count, n = min(a, b), max(a, b)
    columns = proportion("accuracy", "ci", count, n)
    assert list(columns) == ["accuracy", "ci_low", "ci_high"]
    if n:
        assert columns["accuracy"] == count / n
        assert (columns["ci_low"], columns["ci_high"]) == wilson_interval(count, n)
    else:
        assert set(columns.values()) == {None}


@given(st.integers(1, 500), st.floats(0, 1), st.floats(0.6, 0.9999))
def test_a_lower_bound_lies_below_the_share(n, share, confidence):
    correct = round(share * n)
    assert 0 <= lower_bound(correct, n, confidence) <= correct / n


def test_an_interval_holds_its_ends():
    measured = Measured(0.5, 0.4, 0.6, 100)
    assert measured.contains(0.4)
    assert measured.contains(0.6)
    assert not measured.contains(0.61)
