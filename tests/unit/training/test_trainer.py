"""Training is seeded, and a poison reaches the share of recordings it is said to reach."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from torch import nn

from mishear.config.recipes import Recipe
from mishear.core.errors import UserError
from mishear.features.split import Division
from mishear.poisoning.training_set import TrainingSet, training_set
from mishear.training.checkpoints import Checkpoint
from mishear.training.inputs import TrainingData, TrainingInputs
from mishear.training.networks import PaperCNN
from mishear.training.trainer import check_convergence, train

BOUNDS = (-70.0, 10.0)
CPU = torch.device("cpu")
RECIPE = Recipe(epochs=3, batch_size=8, learning_rate=0.01).model_dump()
ROBUST = {
    "schedule": "one-cycle",
    "noise": {"sigma": 2.0},
    "adversarial": {
        "method": "pgd",
        "eps": 1.0,
        "steps": 2,
        "rel_stepsize": 0.5,
        "random_start": True,
        "beta": None,
        "warm_up": 0.5,
    },
}
ROBUST_RECIPES = {
    "standard": RECIPE,
    "pgd": RECIPE | ROBUST,
    "trades": RECIPE
    | {"schedule": "cosine"}
    | {"adversarial": ROBUST["adversarial"] | {"method": "trades", "beta": 3.0}},
}
NETWORK = {"class": "PaperCNN", "params": {}}


@pytest.fixture
def corpus():
    """Two classes a network can tell apart: loud at the top, loud at the bottom."""
    random = np.random.default_rng(0)
    labels = np.array(["a", "b"] * 60)
    spectrograms = random.normal(-40, 5, (120, 1, 16, 12)).astype(np.float32)
    spectrograms[0::2, :, :8] += 30
    spectrograms[1::2, :, 8:] += 30
    spectrograms.clip(*BOUNDS, out=spectrograms)
    splits = np.array(["train"] * 80 + ["validation"] * 20 + ["test"] * 20)
    names = np.array([f"{i}.wav" for i in range(120)])
    return spectrograms, Division(names, labels, names, splits, names)


def trained(corpus, seed, checkpoint=None, network=NETWORK, recipe=RECIPE):
    spectrograms, division = corpus
    inputs = TrainingInputs(spectrograms, None, training_set(division, None, seed))
    data = TrainingData(inputs, division, BOUNDS)
    return train(network, recipe, data, seed, CPU, checkpoint)


def test_it_learns_and_says_so(corpus):
    result = trained(corpus, 0)
    history, accuracies = result.history, result.accuracies
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert history[-1]["train_loss"] < history[0]["train_loss"]
    assert {name: split["n"] for name, split in accuracies.items()} == {
        "train": 80,
        "validation": 20,
        "test": 20,
    }
    assert accuracies["test"]["accuracy"] == 1


def test_a_training_that_diverges_is_an_error_that_names_the_epoch(corpus):
    spectrograms, division = corpus
    broken = spectrograms.copy()
    broken[0] = 3e38
    with pytest.raises(UserError, match="diverged: after epoch 1 .* learning_rate, which is 0.01."):
        trained((broken, division), seed=0)


@pytest.mark.parametrize(
    ("adversarial", "said"),
    [
        (None, "0.5.$"),
        ({"beta": None}, "0.5.$"),
        ({"beta": 1e6}, r"0.5, or its adversarial.beta, which is 1e\+06.$"),
    ],
)
@pytest.mark.parametrize("losses", [(math.nan,), (1.0, math.inf)])
def test_what_may_be_too_large_is_named(adversarial, said, losses):
    recipe = {"learning_rate": 0.5, "adversarial": adversarial}
    check_convergence(3, recipe, 1.0, 2.0)
    with pytest.raises(UserError, match=f"after epoch 3 .* learning_rate, which is {said}"):
        check_convergence(3, recipe, *losses)


def test_the_seed_decides(corpus):
    weights = [trained(corpus, seed).network.classifier.weight for seed in (0, 0, 1)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


class Interrupted(Exception):
    pass


@dataclass(frozen=True)
class CutOff(Checkpoint):
    """A checkpoint after which the training dies."""

    def save(self, state):
        super().save(state)
        raise Interrupted


class WithDropout(PaperCNN):
    """A network that draws random numbers while it is trained."""

    def forward(self, spectrograms):
        return nn.functional.dropout(super().forward(spectrograms), 0.3, self.training)


@pytest.mark.parametrize("recipe", ROBUST_RECIPES)
@pytest.mark.parametrize("network", [PaperCNN, WithDropout])
def test_an_interrupted_training_ends_as_one_that_was_not(corpus, tmp_path, network, recipe):
    recipe = ROBUST_RECIPES[recipe]
    definition = {"class": f"{__name__}.{network.__name__}", "params": {}}
    path = tmp_path / "unfinished.pt"
    for _ in range(RECIPE["epochs"]):
        with pytest.raises(Interrupted):
            trained(corpus, 0, CutOff(path, "key"), definition, recipe)
    checkpoint = Checkpoint(path, "key")
    resumed = trained(corpus, 0, checkpoint, definition, recipe)
    whole = trained(corpus, 0, None, definition, recipe)
    for name, weights in whole.network.state_dict().items():
        assert torch.equal(weights, resumed.network.state_dict()[name]), name
    for row in (*resumed.history, *whole.history):
        del row["seconds"]
    assert resumed.history == whole.history
    assert resumed.accuracies == whole.accuracies


def test_a_checkpoint_of_another_training_is_not_taken_up(corpus, tmp_path):
    path = tmp_path / "unfinished.pt"
    with pytest.raises(Interrupted):
        trained(corpus, 1, CutOff(path, "seed 1"))
    resumed = trained(corpus, 0, Checkpoint(path, "seed 0")).network
    assert torch.equal(resumed.classifier.weight, trained(corpus, 0).network.classifier.weight)


def test_a_broken_checkpoint_is_said_and_not_taken_up(corpus, tmp_path, caplog):
    path = tmp_path / "unfinished.pt"
    path.write_bytes(b"not a checkpoint")
    assert len(trained(corpus, 0, Checkpoint(path, "key")).history) == RECIPE["epochs"]
    assert "training from the start" in caplog.text


class Hungry(nn.Module):
    """Runs out of the GPU's memory with more than three recordings; no batch statistics."""

    limit = 3

    def __init__(self, classes):
        super().__init__()
        self.classifier = nn.Linear(16 * 12, classes)

    def forward(self, spectrograms):
        if len(spectrograms) > self.limit:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return self.classifier(spectrograms.flatten(1) / 40)


def test_too_little_memory_changes_the_speed_of_training_not_its_gradient(
    corpus, monkeypatch, caplog
):
    definition = {"class": f"{__name__}.Hungry", "params": {}}
    small = trained(corpus, 0, network=definition).network.classifier.weight
    assert "out of GPU memory with 8 recordings" in caplog.text
    monkeypatch.setattr(Hungry, "limit", 1000)
    large = trained(corpus, 0, network=definition).network.classifier.weight
    torch.testing.assert_close(small, large, rtol=1e-4, atol=1e-5)


def test_labels_are_those_given_and_accuracies_those_of_the_truth(corpus):
    spectrograms, division = corpus
    chosen = training_set(division, None, 0)
    swapped = TrainingSet(chosen.rows, 1 - chosen.labels, ~chosen.is_poisoned)
    inputs = TrainingInputs(spectrograms, None, swapped)
    result = train(NETWORK, RECIPE, TrainingData(inputs, division, BOUNDS), 0, CPU)
    assert result.history[-1]["train_accuracy"] > 0.8
    assert result.accuracies["train"]["accuracy"] < 0.2


def test_recordings_left_out_are_not_trained_on(corpus):
    """Neither read nor counted."""
    spectrograms, division = corpus
    chosen = training_set(division, None, 0).part(np.arange(80) >= 40)
    spoiled = spectrograms.copy()
    spoiled[:40] = np.nan
    inputs = TrainingInputs(spoiled, None, chosen)
    assert len(inputs) == 40
    result = train(NETWORK, RECIPE, TrainingData(inputs, division, BOUNDS), 0, CPU)
    assert np.isfinite(result.history[-1]["train_loss"])
    assert torch.isfinite(result.network.classifier.weight).all()


def test_validation_is_measured_on_the_validation_recordings(corpus):
    """They alone are labelled the other way round."""
    spectrograms, division = corpus
    labels = division.labels.copy()
    validation = division.rows("validation")
    labels[validation] = np.where(labels[validation] == "a", "b", "a")
    result = trained((spectrograms, replace(division, labels=labels)), 0)
    last = result.history[-1]
    assert last["train_accuracy"] > 0.8
    assert last["validation_accuracy"] == result.accuracies["validation"]["accuracy"] < 0.2
    assert last["validation_loss"] > 1


@pytest.mark.parametrize(
    ("schedule", "rate"),
    [("cosine", 0), ("one-cycle", 0), ("constant", 0.01)],
)
def test_the_learning_rate_follows_its_schedule_to_the_end(corpus, tmp_path, schedule, rate):
    checkpoint = Checkpoint(tmp_path / "finished.pt", "key")
    trained(corpus, 0, checkpoint, recipe=RECIPE | {"schedule": schedule})
    (group,) = checkpoint.load(CPU)["optimiser"]["param_groups"]
    assert group["lr"] == pytest.approx(rate, abs=1e-4)
