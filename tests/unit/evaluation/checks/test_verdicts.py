"""Verdicts follow from exact tests, and say how small a difference they see."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.evaluation.checks.verdicts import (
    MARGIN,
    POWER,
    Excess,
    Finding,
    Paired,
    Shrinkage,
    decided,
    not_applicable,
    sign_test,
)


def paired(weaker, stronger, n=240, **changes):
    return Paired("x", n, "seen", weaker, stronger, **changes)


@given(st.integers(0, 30), st.integers(0, 30))
def test_the_sign_test_is_that_of_the_binomial_distribution(wins, losses):
    n = wins + losses
    tail = sum(math.comb(n, k) for k in range(wins, n + 1)) / 2**n
    assert sign_test(wins, losses) == pytest.approx(tail)


@given(st.integers(0, 60), st.integers(0, 60))
def test_of_two_attacks_at_most_one_is_weaker(one, other):
    both = [decided([paired(*pair)])[0].verdict for pair in ((one, other), (other, one))]
    assert both.count("failure") <= 1
    if one <= other:
        assert both[0] != "failure"


@pytest.mark.parametrize(
    ("weaker", "stronger", "n", "verdict"),
    [
        (0, 0, 240, "no failure found"),
        (0, 0, 60, "no failure found"),
        (0, 0, 40, "cannot tell"),
        (20, 20, 240, "no failure found"),
        (8, 0, 240, "failure"),
        (4, 0, 60, "cannot tell"),
        (0, 150, 240, "no failure found"),
    ],
)
def test_no_failure_is_said_only_where_five_points_are_excluded(weaker, stronger, n, verdict):
    (found,) = decided([paired(weaker, stronger, n)])
    assert found.verdict == verdict


def test_a_difference_at_the_margin_is_said_to_be_small_in_one_of_twenty_studies():
    """As often as its level says, where attacks differ in both directions."""
    generator = np.random.default_rng(0)
    small = 0
    for _ in range(2000):
        weaker, stronger, _ = generator.multinomial(240, [0.1 + MARGIN, 0.1, 0.75])
        small += paired(int(weaker), int(stronger)).is_small
    assert 0.03 < small / 2000 < 0.07


@pytest.mark.parametrize("kind", ["paired", "excess"])
@pytest.mark.parametrize("n", [60, 240])
def test_the_smallest_difference_is_called_a_failure_in_four_of_five_studies(kind, n):
    generator = np.random.default_rng(0)
    comparison = paired(0, 0, n) if kind == "paired" else Excess("x", n, "", 0)
    sees = comparison.sees(0.05)
    counts = generator.binomial(n, sees, 2000).tolist()
    ps = [(paired(c, 0, n) if kind == "paired" else Excess("x", n, "", c)).p for c in counts]
    assert np.mean(np.array(ps) <= 0.05) == pytest.approx(POWER, abs=0.04)


def test_240_recordings_see_five_points_among_twenty_comparisons():
    """What ``checks.recordings`` promises."""
    found = decided([paired(0, 0)] * 19 + [Excess("y", 240, "", 0)])
    assert all(finding.sees < 0.05 for finding in found)
    assert decided([paired(0, 0, 60)])[0].sees > 0.05


def test_many_comparisons_are_corrected():
    """Of 40 comparisons one is below .05 by chance."""
    lucky = paired(5, 0)
    assert decided([lucky])[0].verdict == "failure"
    among = decided([lucky, *[paired(2, 2)] * 40])
    assert among[0].verdict != "failure"
    assert among[0].p > 0.05
    assert decided([paired(20, 0), *[paired(2, 2)] * 40])[0].verdict == "failure"


def test_the_worst_of_several_pairs_is_corrected_for_them():
    assert paired(5, 0, tries=4).p == pytest.approx(4 * paired(5, 0).p)
    assert paired(5, 0, tries=4).sees(0.05) > paired(5, 0).sees(0.05)


def test_more_iterations_may_find_little_more_however_certain_it_is():
    strict, tolerant = (
        decided([paired(30, 0, 2400, tolerant=each)])[0].verdict for each in (False, True)
    )
    assert (strict, tolerant) == ("failure", "no failure found")


def test_sizes_are_judged_by_their_median_reduction():
    def of(*changes):
        return decided([Shrinkage("x", len(changes), "", changes)])[0]

    assert of(*[0.2] * 30).verdict == "failure"
    assert of(*[0.02] * 30).verdict == "no failure found"
    assert of(*[0.2] * 15, *[0.0] * 15).verdict == "cannot tell"
    assert of(*[0.02] * 30).sees == pytest.approx(0.05)
    assert of(*np.linspace(-0.2, 0.2, 60)).sees > 0.05


def test_findings_stay_as_they_are():
    finding = Finding("x", "cannot tell", 3, "")
    missing = not_applicable("y", "no eps")
    assert decided([finding, missing, paired(0, 0)])[:2] == [finding, missing]
    assert decided([]) == []
    assert (missing.verdict, missing.n) == ("not applicable", 0)
