"""A bench gives the recordings of a split, of the test split no more than its limit."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from mishear.core.statistics import paired_difference
from mishear.features.split import Division
from mishear.libraries.bench import Bench


@pytest.fixture
def bench():
    random = np.random.default_rng(0)
    labels = np.array(["b", "a"] * 20)
    splits = np.array(["train"] * 20 + ["test"] * 20)
    names = np.arange(40).astype(str)
    clean = random.normal(0, 1, (40, 1, 4, 4)).astype(np.float32)
    clean[labels == "a"] += 5
    return Bench(
        network={"class": "PaperCNN", "params": {}},
        victim=nn.Identity(),
        clean=clean,
        division=Division(names, labels, names, splits, names),
        bounds=(-5.0, 10.0),
        seed=0,
        device=torch.device("cpu"),
        limit=8,
    )


def test_test_recordings_are_spread_over_the_split(bench):
    rows = bench.rows("test")
    assert len(rows) <= bench.limit
    assert rows[0] == 20 and rows[-1] > 35
    assert len(bench.rows("train")) == 20


def test_inputs_and_labels_belong_together(bench):
    inputs, labels = bench.inputs("test"), bench.labels("test")
    assert np.array_equal(inputs, bench.clean[bench.rows("test")])
    assert np.array_equal(labels == 0, inputs.mean((1, 2, 3)) > 2.5)
    assert np.array_equal(bench.one_hot("test").argmax(1), labels)
    assert bench.one_hot("test").shape == (len(labels), bench.classes)


class ByMean(nn.Module):
    """Right of every recording, or wrong of those whose mean is above a limit."""

    def __init__(self, limit=math.inf):
        super().__init__()
        self.limit = limit

    def forward(self, inputs):
        mean = inputs.mean((1, 2, 3))
        right = torch.where(mean > self.limit, -1.0, 1.0) * (mean - 2.5)
        return torch.stack([right, -right], 1)


def test_accuracy_is_of_the_test_recordings_and_paired_with_the_victim_alone(bench):
    n = len(bench.rows("test"))
    victim = replace(bench, victim=ByMean())
    found = victim.accuracy(victim.logits(ByMean(limit=2.5)))
    wrong = victim.labels("test") == 0
    loss = paired_difference(~wrong[None], np.ones((1, n), bool))
    assert (found["clean_accuracy"], found["n"]) == ((~wrong).mean(), n)
    assert (found["loss"], found["loss_low"], found["loss_high"]) == loss
    assert found["loss"] < 0
    assert victim.accuracy(victim.logits(ByMean()))["loss"] == 0
