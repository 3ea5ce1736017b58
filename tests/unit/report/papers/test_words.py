"""Words and numbers of the methods section."""

from mishear.report.papers.words import parameters, sizes, with_parameters


def test_sizes():
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
