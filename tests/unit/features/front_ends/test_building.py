"""Features computed by a front end that the config names, whatever its class."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from mishear.core.errors import UserError
from mishear.features.front_ends import MelSpectrogram, Waveform
from mishear.features.front_ends.building import (
    build_front_end,
    can_be_inverted,
    features,
    range_of,
    unit_of,
)

DEFINITIONS = {
    name: {"class": name, "params": params, "sample_rate": 8000}
    for name, params in {
        "MelSpectrogram": {"n_fft": 256, "n_mels": 16},
        "Spectrogram": {"n_fft": 64},
        "MFCC": {"n_fft": 256, "n_mels": 16, "n_mfcc": 12},
        "Waveform": {},
    }.items()
}


class Own(nn.Module):
    """A module of the user's that states nothing."""

    def __init__(self, sample_rate):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.dropout = nn.Dropout(0.5)

    def forward(self, waveforms):
        return self.dropout(waveforms * self.weight)


def noise(count, seed=0, samples=4000):
    return np.random.default_rng(seed).normal(0, 0.1, (count, samples)).astype(np.float32)


@pytest.mark.parametrize("name", DEFINITIONS)
@settings(max_examples=5, deadline=None)
@given(size=st.integers(1, 5), seed=st.integers(0, 99))
def test_grouping_makes_no_difference(name, size, seed):
    waveforms = noise(5, seed) * np.geomspace(1e-2, 1, 5, dtype=np.float32)[:, None]
    (whole,) = features([waveforms], DEFINITIONS[name])
    assert whole.dtype == np.float32
    assert whole.shape[:2] == (5, 1)
    parts = [waveforms[i : i + size] for i in range(0, 5, size)]
    found = np.concatenate(list(features(parts, DEFINITIONS[name])))
    assert np.allclose(found, whole, atol=1e-2)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_gradient_reaches_the_waveform(name):
    leaf = torch.from_numpy(noise(2)).unsqueeze(1).requires_grad_()
    build_front_end(DEFINITIONS[name])(leaf).square().sum().backward()
    assert leaf.grad.isfinite().all()
    assert (leaf.grad.abs().amax((1, 2)) > 0).all()


def test_a_module_that_states_nothing_has_no_unit_and_is_not_trained():
    own = build_front_end({"class": f"{__name__}.Own", "params": {}, "sample_rate": 8000})
    assert unit_of(own) == ""
    assert range_of(own) == (-np.inf, np.inf)
    assert not can_be_inverted(Own)
    assert not any(parameter.requires_grad for parameter in own.parameters())
    ones = torch.ones(1, 1, 100)
    assert torch.equal(own(ones), ones)


def test_unit_range_and_inverse_are_those_of_the_class():
    built = build_front_end(DEFINITIONS["Waveform"])
    assert (unit_of(built), range_of(built)) == ("full scale", (-1, 1))
    assert can_be_inverted(Waveform) and can_be_inverted(MelSpectrogram)


def test_a_wrong_definition_is_refused_with_its_place():
    wrong = DEFINITIONS["MelSpectrogram"] | {"params": {"top_db": -80}}
    with pytest.raises(UserError, match="front_ends.x: MelSpectrogram refuses.*top_db must be"):
        build_front_end(wrong, "front_ends.x")
