"""Definitions of poisons, as jobs are given them."""

import pytest

from mishear.study.poisons import poison_definition, poison_domain
from tests.unit.study.configs import FLIPS, NOISE, config

RECIPES = {
    "noise": {"poison": NOISE | {"params": {}, "seed": 7}},
    "flips": {"poison": FLIPS},
}


@pytest.mark.parametrize(("recipe", "domain"), [("noise", "waveform"), ("flips", "label")])
def test_a_poison_with_an_amplitude_changes_waveforms(recipe, domain):
    assert poison_domain(config(RECIPES), recipe) == domain


def test_one_amplitude_and_rate_take_the_place_of_the_sweeps():
    found = poison_definition(config(RECIPES), "noise", 0.01, 0.5)
    assert (found["recipe"], found["amplitude"], found["rate"]) == ("noise", 0.01, 0.5)
    assert found["class"].endswith("UniformNoise")
    assert found["seed"] == 7


def test_poisoned_recordings_do_not_depend_on_the_rate():
    assert "rate" not in poison_definition(config(RECIPES), "noise", 0.01)
