"""Differences of proportions that were measured independently."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.independent import independent_difference
from mishear.core.statistics import wilson_interval

COUNTS = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def measured(correct, n):
    return correct / n, *wilson_interval(correct, n)


def test_newcombe_s_example():
    """56 of 70 and 48 of 80: his table II (a), method 10."""
    found = independent_difference(measured(56, 70), measured(48, 80))
    assert found == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


@given(COUNTS, COUNTS)
def test_the_interval_holds_the_difference_and_turns_with_it(first, second):
    one, other = measured(*first), measured(*second)
    value, low, high = independent_difference(one, other)
    assert -1 <= low <= value <= high <= 1
    assert independent_difference(other, one) == pytest.approx((-value, -high, -low))


def test_95_percent_of_intervals_hold_the_truth():
    random = np.random.default_rng(0)
    truth, n, held = (0.8, 0.6), 120, 0
    for _ in range(1000):
        counts = [random.binomial(n, share) for share in truth]
        _, low, high = independent_difference(*(measured(int(count), n) for count in counts))
        held += low <= truth[0] - truth[1] <= high
    assert 930 <= held <= 970
