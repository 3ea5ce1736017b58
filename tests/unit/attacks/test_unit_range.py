"""Inputs in [0, 1] stand for a victim's inputs in dB, and back."""

import torch
from foolbox import PyTorchModel
from hypothesis import given
from hypothesis import strategies as st

from mishear.attacks.unit_range import UnitRange
from tests.unit.attacks.victims import BOUNDS, spectrograms, victim


def scaled(model):
    return UnitRange(PyTorchModel(model, bounds=BOUNDS, device="cpu"))


def test_a_victim_answers_alike_on_either_scale():
    model, inputs = victim(), spectrograms(0)
    wrapped = scaled(model)
    unit = wrapped.to_unit_range(inputs)
    assert unit.min() >= 0 and unit.max() <= 1
    torch.testing.assert_close(wrapped(unit), model(inputs), rtol=1e-4, atol=1e-4)


@given(seed=st.integers(0, 1000))
def test_the_way_back_changes_nothing_that_was_not_perturbed(seed):
    wrapped, inputs = scaled(victim()), spectrograms(seed)
    unit = wrapped.to_unit_range(inputs)
    found = unit.clone()
    found[:, :, 0] = 1.0
    returned = wrapped.from_unit_range(found, unit, inputs)
    assert torch.equal(returned[:, :, 1:], inputs[:, :, 1:])
    torch.testing.assert_close(returned[:, :, 0], torch.full_like(inputs[:, :, 0], BOUNDS[1]))
