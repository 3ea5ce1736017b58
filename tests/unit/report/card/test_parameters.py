"""Every parameter of a class is stated."""

import pytest

from mishear.core.errors import UserError
from mishear.report.card.parameters import every_parameter


def test_defaults_are_among_them_and_given_ones_count():
    found = every_parameter("attacks", {"class": "LinfPGD", "params": {"steps": 7}})
    assert found["steps"] == 7
    assert {"rel_stepsize", "abs_stepsize", "random_start"} <= found.keys()


def test_what_mishear_passes_is_not():
    found = every_parameter("corruptions", {"class": "Babble", "params": {}})
    assert not {"level", "seed"} & found.keys()


def test_an_unknown_parameter_is_named():
    with pytest.raises(UserError, match="stpes"):
        every_parameter("attacks", {"class": "LinfPGD", "params": {"stpes": 7}})
