"""Small victims and recordings for the tests of attacks."""

import torch
from torch import nn

from mishear.attacks.building import build_attack
from mishear.attacks.judging import Threat
from mishear.attacks.running import attack_batch
from mishear.defences.defended import DefendedVictim
from mishear.training.networks import PaperCNN

BOUNDS = (-80.0, 50.0)


def victim(classes=10, seed=0):
    torch.manual_seed(seed)
    return PaperCNN(classes).eval().requires_grad_(False)


def spectrograms(seed, count=6):
    generator = torch.Generator().manual_seed(seed)
    low, high = BOUNDS
    return low + (high - low) * torch.rand(count, 1, 16, 12, generator=generator)


def attacked(attack, model, inputs, labels, eps, seed=0, **threat):
    """The outcome of attacking a batch of spectrograms."""
    limits = Threat(eps, BOUNDS, **threat)
    return attack_batch(DefendedVictim(model), attack, inputs, labels, limits, seed)


def outcome_of(name, params, model, eps=1.0, seed=0, count=6):
    """Inputs, the model's own predictions, and the outcome of attacking them."""
    inputs = spectrograms(seed, count)
    labels = model(inputs).argmax(1)
    attack = build_attack({"class": name, "params": params})
    return inputs, labels, attacked(attack, model, inputs, labels, eps, seed)


class Opaque(nn.Module):
    """Gives scores, but no gradient."""

    def __init__(self, model):
        super().__init__()
        self.model = model
        self.eval()

    @torch.no_grad()
    def forward(self, inputs):
        return self.model(inputs.round())


class Rounding(nn.Module):
    """Its gradient is zero everywhere."""

    def __init__(self, model):
        super().__init__()
        self.model = model
        self.eval()

    def forward(self, inputs):
        return self.model(inputs.round())


class Noisy(Rounding):
    def forward(self, inputs):
        return self.model(inputs + 5 * torch.randn_like(inputs))
