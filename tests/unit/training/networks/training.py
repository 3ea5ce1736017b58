"""A few steps of training on two classes that are easily told apart."""

import torch
from torch import nn


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


def learns(network, shape, steps=12, seed=0):
    """Tell whether training halves the loss on loud and quiet noise."""
    torch.manual_seed(seed)
    labels = torch.arange(8) % 2
    levels = torch.where(labels == 0, 0.2, 1.0).view(-1, *[1] * (len(shape)))
    inputs = levels * torch.randn(8, *shape)
    optimiser = torch.optim.Adam(network.parameters(), lr=0.01)
    losses = []
    for _ in range(steps):
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(network(inputs), labels)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses[-1] < losses[0] / 2
