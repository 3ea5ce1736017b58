"""Words and numbers of the methods section."""

import pytest

from mishear.report.papers.words import counted, listed, parameters, sizes, with_parameters


@pytest.mark.parametrize(
    ("words", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists(words, text):
    assert listed(words) == text


def test_numbers():
    assert (counted(1, "seed"), counted(1200, "seed")) == ("1 seed", "1,200 seeds")
    assert sizes([0.5, 1], "dB") == "0.5, 1 dB"
    assert sizes(["inf"], "dB") == "without a limit"
    assert sizes([0.01], "full scale") == "0.01 of full scale"


def test_parameters_are_code():
    assert parameters({"a": 1, "b": "x`y"}) == "``a=1, b=x`y``"
    assert parameters({}) == ""
    assert with_parameters("networks", {"class": "Mine.Net", "params": {"n": 2}}) == (
        "class `Mine.Net` with `n=2`"
    )
    assert with_parameters("networks", {}) == "a model with its own code"
