"""Training is seeded, and a poison reaches the share of recordings it is said to reach."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mishear.features.split import Division
from mishear.training import poisoned_rows, train, training_inputs

RECIPE = {"epochs": 3, "batch_size": 8, "learning_rate": 0.01}
NETWORK = {"class": "PaperCNN", "params": {}}


@pytest.fixture
def corpus():
    """Two classes a network can tell apart: loud at the top, loud at the bottom."""
    random = np.random.default_rng(0)
    labels = np.array(["a", "b"] * 60)
    spectrograms = random.normal(-40, 5, (120, 1, 16, 12)).astype(np.float32)
    spectrograms[0::2, :, :8] += 30
    spectrograms[1::2, :, 8:] += 30
    splits = np.array(["train"] * 80 + ["validation"] * 20 + ["test"] * 20)
    names = np.array([f"{i}.wav" for i in range(120)])
    return spectrograms, Division(names, labels, names, splits)


def trained(corpus, seed):
    spectrograms, division = corpus
    inputs = spectrograms[division.rows("train")]
    return train(NETWORK, RECIPE, inputs, spectrograms, division, seed, torch.device("cpu"))


def test_it_learns_and_says_so(corpus):
    _, history, accuracies = trained(corpus, 0)
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert history[-1]["train_loss"] < history[0]["train_loss"]
    assert {name: split["n"] for name, split in accuracies.items()} == {
        "train": 80,
        "validation": 20,
        "test": 20,
    }
    assert accuracies["test"]["accuracy"] == 1


def test_the_seed_decides(corpus):
    weights = [trained(corpus, seed)[0].classifier.weight for seed in (0, 0, 1)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@given(st.integers(1, 300), st.floats(0, 1), st.floats(0, 1), st.integers(0, 20))
def test_a_smaller_share_is_part_of_a_larger(count, one, other, seed):
    rows = np.arange(5, 5 + count)
    small, large = (set(poisoned_rows(rows, s, seed).tolist()) for s in sorted((one, other)))
    assert small <= large <= set(rows.tolist())
    assert len(large) == round(max(one, other) * count)


def test_poisoned_recordings_take_the_place_of_clean_ones():
    clean = np.arange(10, dtype=np.float32).reshape(10, 1, 1, 1)
    rows = np.array([1, 3, 5, 7])
    assert np.array_equal(training_inputs(clean, None, rows, 0, seed=0), clean[rows])
    half = training_inputs(clean, clean + 100, rows, 0.5, seed=0).ravel()
    assert np.sum(half >= 100) == 2
    assert np.array_equal(half % 100, clean[rows].ravel())
