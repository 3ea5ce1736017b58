"""Parameters get the types of a signature, or are refused with their key."""

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.core.parameters import check_params


class Taking:
    def __init__(
        self,
        count: int,
        size: float = 1.0,
        mode: Literal["fast", "slow"] = "fast",
        place: Literal["start"] | float = "start",
        words: list[str] | None = None,
        sizes: float | list[float] | None = None,
        log: Literal[False] | str = False,
        any: Any = None,
        exact: bool = False,
    ): ...


@given(st.integers(-(10**9), 10**9), st.floats(allow_nan=False, allow_infinity=False))
def test_text_becomes_the_number_that_it_says(count, size):
    params = check_params(Taking, {"count": str(count), "size": str(size)}, "x")
    assert params == {"count": count, "size": size}
    assert [type(value) for value in params.values()] == [int, float]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({}, "x.params: Taking needs 'count', which is not given"),
        ({"count": "many"}, "x.params.count: 'many' is not allowed: must be int"),
        ({"count": 1, "mode": "slwo"}, "x.params.mode: 'slwo' is not allowed: must be 'fast' or"),
        ({"count": 1, "place": "middle"}, "x.params.place: 'middle' is not allowed"),
        ({"count": 1, "mod": "slow"}, "x.params.mod: .* Did you mean 'mode'"),
    ],
)
def test_a_wrong_parameter_is_named(params, said):
    with pytest.raises(UserError, match=said):
        check_params(Taking, params, "x")


def test_parameters_of_several_types_are_kept():
    given = {"count": 1, "place": 0.5, "words": ["a"]}
    assert check_params(Taking, given, "x") == given
    assert check_params(Taking, {"count": 1, "place": "0.5"}, "x")["place"] == 0.5


@pytest.mark.parametrize("value", [float("inf"), float("nan"), "inf", "-inf", "nan", "1e400"])
def test_a_number_is_finite(value):
    with pytest.raises(UserError, match="attacks.mine.params.size: .* must be finite"):
        check_params(Taking, {"count": 1, "size": value}, "attacks.mine")


def test_numbers_of_a_list_are_finite():
    with pytest.raises(UserError, match="x.params.sizes: nan is not allowed: must be finite"):
        check_params(Taking, {"count": 1, "sizes": [1.0, float("nan")]}, "x")


@pytest.mark.parametrize(
    "params", [{"count": True}, {"size": False}, {"place": True}, {"sizes": [0.5, True]}]
)
def test_a_truth_value_is_no_number(params):
    (name,) = params
    with pytest.raises(UserError, match=rf"x.params.{name}: .* must be .* yes and off"):
        check_params(Taking, {"count": 1} | params, "x")


def test_a_truth_value_is_kept_where_one_belongs():
    given = {"count": 1, "log": False, "any": True, "exact": True}
    assert check_params(Taking, given, "x") == given
