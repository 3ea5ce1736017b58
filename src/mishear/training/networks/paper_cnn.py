"""The paper's network."""

import torch
from torch import nn


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
        """Compute logits, (recordings, classes), from shape (recordings, 1, ...)."""
        return self.classifier(self.features(spectrograms).flatten(1))
