"""Loss and accuracy are those of the rows asked for, whatever the batches."""

import numpy as np
import pytest
import torch
from torch import nn

from mishear.features.split import Division
from mishear.training import accuracy
from mishear.training.accuracy import accuracies_of_splits, loss_and_correct


class ByMean(nn.Module):
    """Two classes, told apart by the mean; knows whether it is in training mode."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, inputs):
        assert not self.training
        mean = self.scale * inputs.mean((1, 2, 3))
        return torch.stack([mean, -mean], 1)


@pytest.fixture
def corpus():
    random = np.random.default_rng(0)
    labels = np.arange(30) % 2
    clean = (
        random.normal(0, 1, (30, 1, 4, 4)).astype(np.float32)
        + (1 - 2 * labels)[:, None, None, None]
    )
    return clean.astype(np.float32), torch.from_numpy(labels)


def test_loss_and_correct_are_of_the_rows_asked_for(corpus, monkeypatch):
    clean, targets = corpus
    rows = np.array([3, 8, 20, 21, 25])
    model = ByMean().train()
    logits = model.eval()(torch.from_numpy(clean[rows]))
    expected = nn.functional.cross_entropy(logits, targets[rows]).item()
    right = int((logits.argmax(1) == targets[rows]).sum())
    for batch in (500, 2):
        monkeypatch.setattr(accuracy, "BATCH", batch)
        loss, correct = loss_and_correct(model.train(), clean, targets, rows)
        assert loss == pytest.approx(expected, rel=1e-5)
        assert correct == right


def test_every_split_has_its_accuracy(corpus):
    clean, targets = corpus
    splits = np.array(["train"] * 20 + ["validation"] * 6 + ["test"] * 4)
    names = np.arange(30).astype(str)
    division = Division(names, targets.numpy().astype(str), names, splits, names)
    clean[26:] = -clean[26:]
    found = accuracies_of_splits(ByMean(), clean, targets, division)
    assert [found[name]["n"] for name in ("train", "validation", "test")] == [20, 6, 4]
    assert found["train"]["accuracy"] == found["train"]["correct"] / 20 > 0.9
    assert found["test"]["accuracy"] < 0.5


def test_a_frozen_program_has_no_parameters(corpus):
    clean, targets = corpus
    program = torch.jit.freeze(
        torch.jit.script(nn.Sequential(nn.Flatten(), nn.Linear(16, 2)).eval())
    )
    assert not [*program.parameters(), *program.buffers()]
    _, correct = loss_and_correct(program, clean, targets, np.arange(30), torch.device("cpu"))
    assert 0 <= correct <= 30
