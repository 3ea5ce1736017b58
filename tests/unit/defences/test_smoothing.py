"""Randomised smoothing adds the noise it is asked for."""

import pytest
import torch

from mishear.defences.smoothing import RandomisedSmoothing
from tests.unit.defences.examples import BOUNDS


def test_noise_has_the_standard_deviation_asked_for():
    torch.manual_seed(0)
    silence = torch.zeros(50, 1, 32, 32)
    noise = RandomisedSmoothing(BOUNDS, sigma=3)(silence)
    assert noise.std().item() == pytest.approx(3, rel=0.02)
    assert noise.mean().item() == pytest.approx(0, abs=0.05)


LEAST = {"sigma": 0.1, "votes": 1, "gradient_samples": 1}


@pytest.mark.parametrize("wrong", [{"sigma": 0}, {"votes": 0}, {"gradient_samples": 0}])
def test_settings_with_which_nothing_is_drawn_are_refused(wrong):
    RandomisedSmoothing(BOUNDS, **LEAST)
    with pytest.raises(ValueError, match="at least 1"):
        RandomisedSmoothing(BOUNDS, **LEAST | wrong)
