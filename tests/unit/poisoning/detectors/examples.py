"""Networks and evidence for the tests of detectors."""

import numpy as np
import torch
from torch import nn

from mishear.poisoning.detectors import Evidence
from mishear.poisoning.training_set import TrainingSet
from mishear.training.inputs import TrainingInputs

CPU = torch.device("cpu")


class Flat(nn.Module):
    """Its penultimate activations are its inputs, so that a test can plan them."""

    def __init__(self, features, classes):
        super().__init__()
        self.other = nn.Linear(3, 3)
        self.classifier = nn.Linear(features, classes)

    def forward(self, spectrograms):
        return self.classifier(spectrograms.flatten(1))


def evidence_of(features, labels):
    inputs = features.astype(np.float32)[:, None, None, :]
    count = len(labels)
    chosen = TrainingSet(np.arange(count), np.asarray(labels), np.zeros(count, bool))
    victim = Flat(features.shape[1], 2).eval()
    read = TrainingInputs(inputs, None, chosen).__getitem__
    return Evidence(victim, read, chosen.labels, CPU, seed=0)
