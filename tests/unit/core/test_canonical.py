"""Equal values have the same text, and others another."""

import json
import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.canonical import Unrecorded, UnrecordedFiles, canonical

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)


@dataclass
class Point:
    x: float
    y: int


@given(VALUES)
def test_the_order_of_keys_and_the_kind_of_number_do_not_matter(value):
    assert canonical(_other_way_round(value)) == canonical(value)


def _other_way_round(value):
    if isinstance(value, dict):
        return {key: _other_way_round(value[key]) for key in reversed(value)}
    if isinstance(value, list):
        return tuple(map(_other_way_round, value))
    return float(value) if type(value) is int else value


@given(VALUES, VALUES)
def test_other_values_have_another_text(one, other):
    same = canonical(one) == canonical(other)
    assert same == (_plain(one) == _plain(other))


def _plain(value):
    """A value that is equal to another only if it has the same type: 1 is True in Python."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return list(map(_plain, value)) if isinstance(value, list) else (type(value), value)


def test_a_dataclass_is_what_it_holds():
    assert canonical(Point(3.0, 2)) == canonical({"y": 2, "x": 3})


def test_a_number_that_is_not_recorded_is_the_same_whatever_its_value():
    assert canonical([UnrecordedFiles(["a"])]) == canonical([UnrecordedFiles(["b", "c"])])
    assert canonical([Unrecorded(3)]) == canonical([Unrecorded(5)]) != canonical([3])


def test_no_limit_is_a_number():
    assert canonical([math.inf]) == canonical([math.inf]) != canonical([1])


@pytest.mark.parametrize("text", ["3", "3.0", "-0.5", "1e3", "01", "nan", "", "true"])
def test_text_stays_text_whatever_it_looks_like(text):
    for content in ({"params": {"n": text}}, {"params": [text]}, {"labels": [text]}):
        assert json.loads(canonical(content)) == content


def test_long_numbers_are_told_apart():
    first, second = 12345678901234567890, 12345678901234567891
    assert canonical({"params": {"n": first}}) != canonical({"params": {"n": second}})
    assert canonical({"params": {"n": str(first)}}) != canonical({"params": {"n": str(second)}})
