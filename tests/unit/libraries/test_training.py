"""A training with ART says what to install where ART is missing."""

import numpy as np
import pytest
import torch

from mishear.core.errors import UserError
from mishear.features.split import Division
from mishear.libraries import training
from mishear.libraries.training import train_with_art
from mishear.poisoning.training_set import training_set
from mishear.training.inputs import TrainingData, TrainingInputs


def train_as():
    names = np.arange(6).astype(str)
    labels, splits = np.array(["a", "b"] * 3), np.array(["train", "validation", "test"] * 2)
    division = Division(names, labels, names, splits, names)
    clean = np.zeros((6, 1, 16, 16), np.float32)
    inputs = TrainingInputs(clean, None, training_set(division, None, 0))
    adversarial = {"eps": 1.0, "steps": 1, "rel_stepsize": 1.0, "random_start": True}
    recipe = {"epochs": 1, "batch_size": 2, "learning_rate": 0.1, "adversarial": adversarial}
    network = {"class": "PaperCNN", "params": {}}
    data = TrainingData(inputs, division, (-1.0, 1.0))
    return train_with_art(network, recipe, data, 0, torch.device("cpu"))


def test_art_that_is_not_installed_is_said():
    with pytest.raises(UserError, match="art.defences.trainer cannot be imported"):
        train_as()


def test_a_training_that_diverges_is_said(monkeypatch):
    class Diverging:
        def __init__(self, model, *_):
            self.model = model

        def fit(self, *_, **__):
            torch.nn.init.constant_(next(self.model.parameters()).detach(), torch.nan)

    monkeypatch.setattr(training, "_trainer", Diverging)
    with pytest.raises(UserError, match="diverged: after epoch 1 .* learning_rate, which is 0.1."):
        train_as()
