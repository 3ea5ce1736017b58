"""Differences are paired by seed and recording, and missing where they cannot be."""

from dataclasses import replace

import numpy as np
import pytest

from mishear.core.statistics import paired_difference
from mishear.evaluation.differences import difference, gains
from mishear.evaluation.evaluated import Evaluated
from mishear.evaluation.results import Results
from tests.unit.conftest import result_row

NONE = (None, None, None)


def of(row, name):
    return tuple(row[f"{name}{end}"] for end in ("", "_low", "_high"))


def drawn(seed):
    return np.random.default_rng(seed).random((2, 12)) < 0.5


def victims(clean, adversarial, success, tried):
    names = [f"{number:02}.wav" for number in range(12)]
    base = Evaluated.of({"evaluation": ""}, Results([result_row(name) for name in names]))
    arrays = ("correct_clean", "correct_adversarial", "success", "tried")
    return [
        replace(base, **dict(zip(arrays, found, strict=True)))
        for found in zip(clean, adversarial, success, tried, strict=True)
    ]


def test_a_difference_is_paired_or_missing():
    first, second = drawn(0), drawn(1)
    assert of(difference(first, second), "difference") == paired_difference(first, second)
    assert of(difference(first, None, name="loss"), "loss") == NONE


SPEAKERS = np.array(list("abcabcabcabc"))


@pytest.mark.parametrize("speakers", [None, SPEAKERS])
def test_gains_are_over_the_victims_with_the_same_seeds(speakers):
    """The success rate is of the recordings that are tried, here that of one speaker alone."""
    chosen = np.arange(12) % 5 > 0
    tried = np.tile(chosen, (2, 1))
    success = np.tile(SPEAKERS == "a", (2, 1)) & tried
    before = victims(drawn(0), drawn(1), np.zeros_like(tried), tried)
    after = victims(drawn(3), drawn(4), success, tried)
    found = gains(after, before, speakers)
    assert of(found, "clean_gain") == paired_difference(drawn(3), drawn(0), speakers)
    assert of(found, "gain") == paired_difference(drawn(4), drawn(1), speakers)
    of_tried = None if speakers is None else speakers[chosen]
    expected = paired_difference(success[:, chosen], np.zeros((2, 9), bool), of_tried)
    assert of(found, "success_gain") == expected


def test_success_on_other_recordings_is_not_compared():
    everything, some = np.ones((2, 12), bool), drawn(6)
    before = victims(drawn(0), drawn(1), drawn(2), everything)
    for tried in (some, np.zeros_like(some)):
        found = gains(victims(drawn(3), drawn(4), drawn(5), tried), before)
        assert of(found, "success_gain") == NONE
        assert found["clean_gain"] is not None
    nothing = victims(drawn(0), drawn(1), ~everything, ~everything)
    assert of(gains(nothing, nothing), "success_gain") == NONE


def test_without_a_counterpart_there_are_no_gains():
    found = gains(victims(drawn(0), drawn(1), drawn(2), drawn(3)), None)
    assert set(found.values()) == {None}
    assert len(found) == 9
