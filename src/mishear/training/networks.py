"""Network architectures, and loading a trained network."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from mishear.core.plugins import FAMILIES


class PaperCNN(nn.Module):
    """Classify spectrograms with four convolutions, average pooling and a linear layer.

    The paper's network. Each convolution is followed by ReLU and then batch normalisation (paper,
    "Model").

    Parameters
    ----------
    classes
        Number of classes; the length of the output.
    """

    def __init__(self, classes: int):
        super().__init__()
        self.features = nn.Sequential(
            *self._block(1, 8, kernel=5, padding=2),
            *self._block(8, 16, kernel=3, padding=1),
            *self._block(16, 32, kernel=3, padding=1),
            *self._block(32, 64, kernel=3, padding=1),
            nn.AdaptiveAvgPool2d(1),
        )
        self.classifier = nn.Linear(64, classes)

    @staticmethod
    def _block(inputs: int, outputs: int, kernel: int, padding: int) -> list[nn.Module]:
        convolution = nn.Conv2d(inputs, outputs, kernel, stride=2, padding=padding)
        return [convolution, nn.ReLU(), nn.BatchNorm2d(outputs)]

    def forward(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """Compute logits, (recordings, classes), from shape (recordings, 1, n_mels, frames)."""
        return self.classifier(self.features(spectrograms).flatten(1))


def build_network(definition: Mapping[str, Any], classes: int) -> nn.Module:
    """Build an untrained network; its weights are drawn from torch's global random state."""
    return FAMILIES["networks"].build(definition, "networks", classes=classes)


def load_victim(
    definition: Mapping[str, Any], classes: int, path: Path, device: torch.device
) -> nn.Module:
    """Load a trained network in evaluation mode with frozen parameters.

    Freezing saves attacks the gradients of the parameters, which they do not use.

    Parameters
    ----------
    definition
        Mapping with ``class`` and ``params``.
    classes
        Number of classes.
    path
        Its state dict, read without pickle.
    device
        Where it will run.
    """
    victim = build_network(definition, classes)
    victim.load_state_dict(torch.load(path, map_location=device, weights_only=True))
    return prepared(victim, device).eval().requires_grad_(False)


def prepared(network: nn.Module, device: torch.device) -> nn.Module:
    """Move a network to its device, in the memory format in which convolutions are fastest."""
    return network.to(device, memory_format=torch.channels_last)
