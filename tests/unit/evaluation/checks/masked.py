"""Small victims of synthetic spectrograms: some mask their gradients, some do not."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from mishear.defences.base import Defence
from mishear.defences.filters import AverageSmoothing, JpegCompression
from mishear.defences.smoothing import RandomisedSmoothing
from mishear.evaluation.recordings import Recordings

BOUNDS = (-80.0, 0.0)
SHAPE = (16, 24)
CLASSES = 10
EPS = 1.0
TESTED = 240


def spectrograms(count, seed):
    """Smooth patterns, one for each class, under noise; and their classes."""
    generator = torch.Generator().manual_seed(7)
    coarse = torch.randn(CLASSES, 1, 5, 7, generator=generator)
    patterns = functional.interpolate(coarse, size=SHAPE, mode="bilinear")
    generator.manual_seed(seed)
    labels = torch.arange(count) % CLASSES
    loudness = 0.6 + 0.8 * torch.rand(count, 1, 1, 1, generator=generator)
    noise = torch.randn(count, 1, *SHAPE, generator=generator)
    return (-40 + 3 * patterns[labels] * loudness + 4 * noise).clamp(*BOUNDS), labels


def tested():
    inputs, labels = spectrograms(TESTED, seed=2)
    names = np.array([f"{number}.wav" for number in range(TESTED)])
    classes = [str(number) for number in range(CLASSES)]
    rows = np.arange(TESTED)
    return Recordings(names, rows, inputs.numpy().__getitem__, labels.numpy(), classes)


class Network(nn.Module):
    """Two convolutions and a linear layer; ``temperature`` divides what the layer computes."""

    def __init__(self, channels=1):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(channels, 16, 3, 2, 1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, 2, 1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d((2, 3)),
            nn.Flatten(),
        )
        self.classifier = nn.Linear(192, CLASSES)

    def scaled(self, inputs):
        return (inputs + 40) / 10

    def forward(self, inputs):
        return self.classifier(self.features(self.scaled(inputs)))


class Thermometer(Network):
    """Encodes each value by the levels it exceeds (Buckman et al. 2018): a gradient of zero."""

    def __init__(self):
        super().__init__(channels=16)
        self.register_buffer("levels", torch.linspace(-70, -10, 16).view(1, -1, 1, 1))

    def scaled(self, inputs):
        return (inputs > self.levels).float() + 0 * inputs


class Detached(nn.Module):
    """Adds to a network, through which no gradient goes, a branch that says next to nothing."""

    def __init__(self, network):
        super().__init__()
        torch.manual_seed(1)
        self.network, self.branch = network, Network()

    def forward(self, inputs):
        network = self.network
        told = network.features(network.scaled(inputs)).detach()
        beside = self.branch.features(network.scaled(inputs))
        return network.classifier(told + 0.05 * beside)


class Rounding(Defence):
    """Rounds to 2 dB, and claims that its gradient is of use."""

    def transform(self, spectrograms):
        return (spectrograms / 2).round() * 2


class OneDraw(Defence):
    """Adds strong noise, and lets an attack see one draw of it."""

    gradient = "eot"
    gradient_samples = 1

    def transform(self, spectrograms):
        return spectrograms + 6 * torch.randn_like(spectrograms)


class JpegByIdentity(JpegCompression):
    """Is attacked with the identity as its only surrogate."""

    def surrogates(self):
        return Defence.surrogates(self)


def trained(network=None, noise=0.0, adversarial=0.0):
    torch.manual_seed(0)
    network = network or Network()
    inputs, labels = spectrograms(2000, seed=1)
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    for _ in range(10):
        for rows in torch.randperm(len(inputs)).split(100):
            batch = inputs[rows] + noise * torch.randn_like(inputs[rows])
            if adversarial:
                batch = _worst(network, batch, labels[rows], adversarial)
            loss = functional.cross_entropy(network(batch), labels[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return network.eval().requires_grad_(False)


def _worst(network, batch, labels, eps):
    change = (torch.rand_like(batch) * 2 - 1) * eps
    for _ in range(3):
        change.requires_grad_()
        loss = functional.cross_entropy(network(batch + change), labels)
        (gradient,) = torch.autograd.grad(loss, change)
        change = (change.detach() + 0.6 * eps * gradient.sign()).clamp(-eps, eps)
    return batch + change


def times_100(network):
    """The same predictions, with a softmax that has no gradient left."""
    scaled = Network()
    scaled.load_state_dict(network.state_dict())
    with torch.no_grad():
        scaled.classifier.weight.mul_(100)
        scaled.classifier.bias.mul_(100)
    return scaled.eval().requires_grad_(False)


MASKED = {
    "logits times 100": lambda plain: (times_100(plain), []),
    "JPEG with the identity": lambda plain: (plain, [JpegByIdentity(BOUNDS, quality=50)]),
    "quantisation": lambda plain: (plain, [Rounding(BOUNDS)]),
    "detached branch": lambda plain: (Detached(plain).eval().requires_grad_(False), []),
    "randomisation with one draw": lambda plain: (trained(noise=6), [OneDraw(BOUNDS)]),
    "thermometer encoding": lambda plain: (trained(Thermometer()), []),
}
"""Network and defences of each, made from the plain network."""

SOUND = {
    "plain": lambda plain: (plain, []),
    "adversarially trained": lambda plain: (trained(adversarial=EPS), []),
    "smoothed": lambda plain: (
        trained(noise=3),
        [RandomisedSmoothing(BOUNDS, sigma=3, votes=16, gradient_samples=4)],
    ),
    "differentiable filter": lambda plain: (plain, [AverageSmoothing(BOUNDS)]),
}
