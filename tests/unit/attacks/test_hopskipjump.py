"""HopSkipJump finds small perturbations by decisions alone, on inputs in dB."""

import pytest
import torch
from torch import nn

from mishear.attacks.hopskipjump import HopSkipJump
from mishear.core.errors import UserError
from tests.unit.attacks.victims import Noisy, attacked, outcome_of, spectrograms, victim

pytestmark = pytest.mark.usefixtures("one_thread")

QUICK = {"constraint": "linf", "steps": 2, "initial_gradient_eval_steps": 5}


def test_hopskipjump_comes_near_the_smallest_change_of_a_linear_victim():
    linear = nn.Sequential(nn.Flatten(), nn.Linear(192, 2)).eval().requires_grad_(False)
    with torch.no_grad():
        linear[1].weight.copy_(torch.stack([torch.ones(192), -torch.ones(192)]) / 192)
        linear[1].bias.copy_(torch.tensor([15.0, -15.0]))
    inputs = spectrograms(0)
    labels = linear(inputs).argmax(1)
    smallest = (inputs.mean((1, 2, 3)) + 15).abs().numpy()
    attack = HopSkipJump(constraint="linf", steps=20, initial_gradient_eval_steps=50)
    outcome = attacked(attack, linear, inputs, labels, float("inf"), 0)
    assert outcome.success(labels.numpy()).all()
    assert (outcome.linf >= smallest - 1e-3).all()
    assert (outcome.linf <= 3 * smallest + 1).all()


def test_hopskipjump_leaves_what_has_no_starting_point():
    class NeverThree(nn.Module):
        """Never predicts another class for loud recordings."""

        def forward(self, inputs):
            loud = (inputs.flatten(1) > 40).float().mean(1)
            return torch.stack([loud - 0.5, 0.5 - loud], 1)

    model = NeverThree().eval()
    quiet = spectrograms(0).clamp(max=30)
    inputs = torch.cat([quiet[:3], torch.full_like(quiet[:3], 45)])
    labels = model(inputs).argmax(1)
    assert labels.tolist() == [1, 1, 1, 0, 0, 0]
    attack = HopSkipJump(**QUICK)
    outcome = attacked(attack, model, inputs, labels, float("inf"), 0)
    assert outcome.success(labels.numpy()).tolist() == [False] * 3 + [True] * 3
    assert torch.equal(outcome.adversarial[:3], inputs[:3])


def test_hopskipjump_refuses_a_victim_that_changes_its_mind():
    with pytest.raises(UserError, match="same scores for the same input"):
        outcome_of("mishear.attacks.hopskipjump.HopSkipJump", QUICK, Noisy(victim()))
