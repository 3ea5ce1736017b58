"""A poison reaches as many recordings as its rate says, and those that it may reach."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.poisoning.training_set import poisoned_rows, training_set
from tests.unit.poisoning.definitions import POISONS, division, poison


@given(
    st.sampled_from(list(POISONS)), st.floats(0, 0.8), st.floats(0, 0.8), st.integers(0, 2**32 - 1)
)
def test_a_smaller_rate_is_part_of_a_larger_and_gets_the_same_labels(name, one, other, seed):
    small, large = (
        training_set(division(), poison(name, rate), seed) for rate in sorted((one, other))
    )
    assert np.all(large.is_poisoned[small.is_poisoned])
    assert np.array_equal(small.labels[small.is_poisoned], large.labels[small.is_poisoned])


@given(st.integers(1, 300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 20))
def test_fewer_poisoned_rows_are_part_of_more(count, one, other, seed):
    rows = np.arange(5, 5 + count)
    small, large = (set(poisoned_rows(rows, n, seed).tolist()) for n in sorted((one, other)))
    assert small <= large <= set(rows.tolist())
    assert len(large) == min(max(one, other), count)


@pytest.mark.parametrize(
    ("name", "rate", "count"),
    [
        ("uniform", 0.5, 80),
        ("random", 0.5, 80),
        ("targeted", 0.5, 32),
        ("to one", 0.5, 64),
        ("trigger", 0.5, 80),
        ("trigger", 0.8, 128),
        ("clean-label", 0.5, 16),
        ("clean-label", 1.0, 32),
    ],
)
def test_the_rate_is_of_what_it_is_said_to_be_of(name, rate, count):
    """There are 160 training recordings, 32 of each class."""
    assert training_set(division(), poison(name, rate), 0).is_poisoned.sum() == count


@given(st.sampled_from(list(POISONS)), st.floats(0, 0.8), st.integers(0, 99))
def test_labels_are_wrong_exactly_where_the_poison_says_so(name, rate, seed):
    given_division = division()
    chosen = training_set(given_division, poison(name, rate), seed)
    true = given_division.class_indices[chosen.rows]
    assert np.array_equal(chosen.labels[~chosen.is_poisoned], true[~chosen.is_poisoned])
    changed = chosen.labels != true
    if name in ("uniform", "clean-label"):
        assert not changed.any()
    else:
        assert np.array_equal(changed, chosen.is_poisoned)
    if POISONS[name]["target"]:
        assert set(chosen.labels[chosen.is_poisoned].tolist()) <= {3}
    if name == "clean-label":
        assert set(true[chosen.is_poisoned].tolist()) <= {3}
    if name == "targeted":
        assert set(true[chosen.is_poisoned].tolist()) <= {1, 2}


def test_random_flips_reach_every_other_class():
    chosen = training_set(division(), poison("random", 1.0), 0)
    true = division().class_indices[chosen.rows]
    pairs = set(zip(true.tolist(), chosen.labels.tolist(), strict=True))
    assert len(pairs) == 5 * 4


def test_without_poison_nothing_is_changed():
    chosen = training_set(division(), None, 0)
    assert not chosen.is_poisoned.any()
    assert np.array_equal(chosen.labels, division().class_indices[chosen.rows])


def test_a_part_keeps_what_belongs_together():
    whole = training_set(division(), poison("trigger", 0.3), 0)
    kept = np.arange(len(whole)) % 3 == 0
    part = whole.part(kept)
    assert np.array_equal(part.rows, whole.rows[kept])
    assert np.array_equal(part.labels, whole.labels[kept])
    assert np.array_equal(part.is_poisoned, whole.is_poisoned[kept])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"target": "word9"}, ["recipes.targeted.poison.target", "'word9'", "word0, word1"]),
        ({"sources": ["word1", "nine"]}, ["recipes.targeted.poison.sources", "'nine'"]),
    ],
)
def test_a_class_that_is_not_there_is_said(change, said):
    with pytest.raises(UserError) as error:
        training_set(division(), poison("targeted", 0.5) | change, 0)
    for words in said:
        assert words in str(error.value)


def test_a_rate_that_asks_for_more_than_there_are_is_said():
    with pytest.raises(UserError, match="poison.rate: 0.9 of 160 training recordings are 144"):
        training_set(division(), poison("trigger", 0.9), 0)
