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
