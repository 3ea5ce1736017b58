"""The results that a headline is built from."""

import pytest

from tests.unit.report.test_headline import measurement, standing


def test_it_is_broken_at_the_smallest_eps_that_leaves_less_than_half():
    assert standing().broken_at == 0.5
    assert standing(curve=((0.25, 0.7),)).broken_at == float("inf")


def test_clean_accuracy_is_known_from_corruptions_alone():
    assert standing(curve=()).clean is None
    noise = measurement(20, 0.6, evaluation=None, attack=None, clean=0.9)
    found = standing(curve=(), corruptions=[noise])
    assert found.clean.accuracy == pytest.approx(0.9)
    assert not found.at_chance
