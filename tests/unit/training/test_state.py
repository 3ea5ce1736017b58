"""A training's state is restored to the last bit, and its learning rate follows its schedule."""

import pytest
import torch
from torch import nn

from mishear.training.checkpoints import Checkpoint
from mishear.training.state import begin, learning_rates

RECIPE = {"epochs": 2, "batch_size": 4, "learning_rate": 0.1, "schedule": "cosine"}


def network():
    torch.manual_seed(0)
    return nn.Linear(3, 2)


def step(state):
    noise = torch.randn(4, 3)
    state.optimiser.zero_grad()
    state.model(noise).square().sum().backward()
    state.optimiser.step()
    state.schedule.step()
    return torch.randperm(10, generator=state.shuffle)


def test_a_restored_training_goes_on_as_it_would_have(tmp_path):
    checkpoint = Checkpoint(tmp_path / "unfinished.pt", "key")
    state = begin(network(), RECIPE, 8, 7, checkpoint)
    step(state)
    state.history.append({"epoch": 1, "train_loss": 0.5})
    checkpoint.save(state.saved())
    order = step(state)

    resumed = begin(network(), RECIPE, 8, 0, checkpoint)
    assert resumed.history == state.history
    assert torch.equal(step(resumed), order)
    assert torch.equal(resumed.model.weight, state.model.weight)
    assert resumed.schedule.get_last_lr() == state.schedule.get_last_lr()


@pytest.mark.parametrize(
    ("schedule", "first", "last"),
    [("constant", 0.1, 0.1), ("cosine", 0.1, 0.0), ("one-cycle", 0.1 / 25, 0.1 / 25e4)],
)
def test_learning_rates_begin_and_end_as_their_schedule_says(schedule, first, last):
    optimiser = torch.optim.Adam(network().parameters(), lr=0.1)
    rates = learning_rates(optimiser, RECIPE | {"schedule": schedule}, 10)
    found = [rates.get_last_lr()[0]]
    for _ in range(9 if schedule == "one-cycle" else 10):
        optimiser.step()
        rates.step()
        found.append(rates.get_last_lr()[0])
    assert found[0] == pytest.approx(first)
    assert found[-1] == pytest.approx(last, abs=1e-8)
    assert max(found) == pytest.approx(0.1, rel=0.1)
