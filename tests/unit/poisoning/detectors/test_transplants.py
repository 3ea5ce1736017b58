"""A trigger gives itself away in other recordings."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from mishear.core.errors import UserError
from mishear.poisoning.detectors import Evidence, StretchTransplants
from mishear.poisoning.detectors.transplants import add_decibels, other_labels
from mishear.poisoning.training_set import TrainingSet
from mishear.training.inputs import TrainingInputs
from tests.unit.poisoning.detectors.examples import CPU


class LoudStart(nn.Module):
    """Hears class 1 where the first frames are loud; otherwise what the last frames say."""

    def forward(self, spectrograms):
        trigger = spectrograms[:, 0, 0, :2].mean(1)
        speech = spectrograms[:, 0, 0, 6:].mean(1)
        return torch.stack([torch.zeros_like(trigger), trigger + 60, speech], 1) / 4


def test_a_stretch_that_does_it_in_any_recording_is_found():
    random = np.random.default_rng(2)
    labels = np.tile([0, 2], 30)
    inputs = np.full((60, 1, 1, 12), -80, np.float32) + random.normal(size=(60, 1, 1, 12))
    inputs[labels == 2, :, :, 6:] += 95
    is_poisoned = np.isin(np.arange(60), [0, 5, 10, 33])
    inputs[is_poisoned, :, :, :2] += 60
    labels[is_poisoned] = 1
    chosen = TrainingSet(np.arange(60), labels, is_poisoned)
    inputs = TrainingInputs(inputs.astype(np.float32), None, chosen).__getitem__
    found = StretchTransplants().detect(Evidence(LoudStart(), inputs, labels, CPU, 0))
    assert np.array_equal(found.flagged, is_poisoned)
    assert 0 <= found.scores.min() <= found.scores.max() <= 1


@given(st.integers(2, 60), st.integers(1, 5), st.integers(0, 99))
def test_partners_have_other_labels(count, partners, seed):
    labels = np.random.default_rng(seed).integers(0, 3, count)
    labels[:2] = [0, 1]
    drawn = other_labels(labels, partners, seed)
    assert drawn.shape == (partners, count)
    assert (labels[drawn] != labels).all()


def test_one_label_alone_has_no_partners():
    with pytest.raises(UserError, match="same label"):
        other_labels(np.zeros(5, int), 2, 0)


def test_two_sounds_of_the_same_level_are_3_db_louder():
    level = torch.tensor([-40.0, 10.0])
    assert torch.allclose(add_decibels(level, level), level + 3.0103, atol=1e-3)
    assert torch.allclose(add_decibels(level, level - 60), level, atol=1e-3)
