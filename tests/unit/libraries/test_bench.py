"""A bench gives the recordings of a split, of the test split no more than its limit."""

import numpy as np
import pytest
import torch
from torch import nn

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


def test_accuracy_is_of_the_test_recordings(bench):
    class ByMean(nn.Module):
        def forward(self, inputs):
            mean = inputs.mean((1, 2, 3)) - 2.5
            return torch.stack([mean, -mean], 1)

    assert bench.accuracy(bench.logits(ByMean())) == {
        "clean_accuracy": 1.0,
        "n": len(bench.rows("test")),
    }
