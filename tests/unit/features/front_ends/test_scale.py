"""Levels of power and magnitude on each scale, and back."""

import pytest
import torch

from mishear.features.front_ends.scale import Scale

POWER = torch.tensor([1e-4, 0.01, 1.0, 100.0]).reshape(1, 1, 4, 1)


@pytest.mark.parametrize(
    ("arguments", "levels", "unit"),
    [
        (("dB", 2, None, None), [-40, -20, 0, 20], "dB"),
        (("dB", 2, 30, None), [-10, -10, 0, 20], "dB"),
        (("dB", 1, None, None), [-80, -40, 0, 40], "dB"),
        (("linear", 2, None, None), [1e-4, 0.01, 1, 100], "power"),
        (("linear", 1, None, None), [1e-4, 0.01, 1, 100], "magnitude"),
        (("log", 2, None, 1.0), [1e-4, 0.00995, 0.69315, 4.61512], "log units"),
    ],
)
def test_levels_have_their_unit_and_come_back(arguments, levels, unit):
    scale = Scale(*arguments)
    found = scale(POWER)
    assert found.flatten().tolist() == pytest.approx(levels, rel=1e-3, abs=1e-4)
    assert scale.unit == unit
    kept = POWER.clamp(min=0.1) if arguments[2] else POWER
    assert torch.allclose(scale.inverse(found), kept, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("dB", 3, None, None), "power must be 1"),
        (("dB", 2, 0, None), "top_db must be above 0"),
        (("dB", 2, 80, 1e-6), "offset is for scale: log only"),
        (("log", 2, 80, None), "scale: log needs an offset"),
        (("log", 2, 80, 0), "offset must be above 0"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        Scale(*arguments)
