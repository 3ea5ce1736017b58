"""Res8: a small residual network (Tang and Lin 2018)."""

import torch
from torch import nn
from torch.nn import functional


class Res8(nn.Module):
    """Classify spectrograms with a convolution and three residual blocks.

    Network res8 of Tang and Lin (2018), "Deep residual learning for small-footprint keyword
    spotting", table 3, made for 40 MFCC and 101 frames of 10 ms. The first convolution is followed
    by mean pooling over 3 features and 4 frames. Every convolution has ReLU, and those of the
    blocks batch normalisation without scale and offset. The last block is followed by the mean
    over features and frames and a linear layer.

    Parameters
    ----------
    classes
        Number of classes; the length of the output.
    channels
        Channels of every convolution.
    """

    def __init__(self, classes: int, channels: int = 45):
        super().__init__()
        self.first = nn.Conv2d(1, channels, 3, padding=1, bias=False)
        self.pooling = nn.AvgPool2d((3, 4))
        self.blocks = nn.Sequential(*(ResidualBlock(channels) for _ in range(3)))
        self.classifier = nn.Linear(channels, classes)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Compute logits, (recordings, classes), from (recordings, 1, features, frames)."""
        found = self.blocks(self.pooling(functional.relu(self.first(features))))
        return self.classifier(found.mean(dim=(2, 3)))


class ResidualBlock(nn.Module):
    """Add the output of two convolutions to the input.

    Parameters
    ----------
    channels
        Channels of input and output.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.convolutions = nn.ModuleList(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False) for _ in range(2)
        )
        self.normalisations = nn.ModuleList(
            nn.BatchNorm2d(channels, affine=False) for _ in range(2)
        )

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the output, of the shape of the input."""
        inner = self.normalisations[0](functional.relu(self.convolutions[0](inputs)))
        outer = functional.relu(self.convolutions[1](inner))
        return self.normalisations[1](outer + inputs)
