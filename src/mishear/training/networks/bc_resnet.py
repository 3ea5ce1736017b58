"""BC-ResNet: broadcasted residual learning (Kim et al. 2021)."""

import torch
from torch import nn
from torch.nn import functional

STAGES = ((8, 2, 1), (12, 2, 2), (16, 4, 2), (20, 4, 1))
"""Channels at scale 1, blocks, and stride over frequency of each stage; its dilation over time is
twice that of the stage before, from 1."""


class BCResNet(nn.Module):
    """Classify spectrograms with residual blocks that broadcast over frequency.

    BC-ResNet of Kim et al. (2021), "Broadcasted residual learning for efficient keyword spotting",
    table 1, made for 40 mel bands; ``scale`` 1 is BC-ResNet-1.

    Parameters
    ----------
    classes
        Number of classes; the length of the output.
    scale
        Factor on the number of channels, tau in the paper.
    subbands
        Parts of the frequencies with a normalisation of their own. After the strides, an eighth of
        the bands must be divisible by it: 5 fits 40 or 80 bands, 4 fits 64.
    dropout
        Probability with which a channel is dropped in training.
    """

    def __init__(self, classes: int, scale: int = 1, subbands: int = 5, dropout: float = 0.1):
        super().__init__()
        width = 16 * scale
        self.first = nn.Sequential(
            nn.Conv2d(1, width, 5, stride=(2, 1), padding=2, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
        )
        blocks = []
        for stage, (channels, count, stride) in enumerate(STAGES):
            for number in range(count):
                outputs, step = scale * channels, stride if number == 0 else 1
                dilation = 2**stage
                block = BroadcastedBlock(width, outputs, (step, dilation), subbands, dropout)
                blocks.append(block)
                width = outputs
        self.blocks = nn.Sequential(*blocks)
        self.last = nn.Sequential(
            nn.Conv2d(width, width, 5, padding=(0, 2), groups=width, bias=False),
            nn.Conv2d(width, 32 * scale, 1, bias=False),
            nn.BatchNorm2d(32 * scale),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
        )
        self.classifier = nn.Linear(32 * scale, classes)

    def forward(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """Compute logits, (recordings, classes), from shape (recordings, 1, bands, frames)."""
        return self.classifier(self.last(self.blocks(self.first(spectrograms))).flatten(1))


class BroadcastedBlock(nn.Module):
    """Add a residual of the mean over frequency to all frequencies (eq. 3, figure 2).

    A block that changes the number of channels has no identity among its summands.

    Parameters
    ----------
    inputs, outputs
        Numbers of channels.
    steps
        Stride over frequency, and dilation over time.
    subbands, dropout
        As for :class:`BCResNet`.
    """

    def __init__(
        self, inputs: int, outputs: int, steps: tuple[int, int], subbands: int, dropout: float
    ):
        super().__init__()
        stride, dilation = steps
        self.has_identity = inputs == outputs
        entry = []
        if not self.has_identity:
            pointwise = nn.Conv2d(inputs, outputs, 1, bias=False)
            entry = [pointwise, nn.BatchNorm2d(outputs), nn.ReLU()]
        self.over_frequency = nn.Sequential(
            *entry,
            nn.Conv2d(
                outputs, outputs, (3, 1), (stride, 1), padding=(1, 0), groups=outputs, bias=False
            ),
            SubspectralNorm(outputs, subbands),
        )
        self.over_time = nn.Sequential(
            nn.Conv2d(
                outputs,
                outputs,
                (1, 3),
                padding=(0, dilation),
                dilation=(1, dilation),
                groups=outputs,
                bias=False,
            ),
            nn.BatchNorm2d(outputs),
            nn.SiLU(),
            nn.Conv2d(outputs, outputs, 1, bias=False),
            nn.Dropout2d(dropout),
        )

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the output, (recordings, channels, bands, frames)."""
        found = self.over_frequency(inputs)
        summed = found + self.over_time(found.mean(dim=2, keepdim=True))
        return functional.relu(summed + inputs if self.has_identity else summed)


class SubspectralNorm(nn.Module):
    """Normalise each part of the frequencies by itself (Chang et al. 2021).

    Parameters
    ----------
    channels
        Channels of the input.
    subbands
        Number of parts.
    """

    def __init__(self, channels: int, subbands: int):
        super().__init__()
        self.subbands = subbands
        self.normalisation = nn.BatchNorm2d(channels * subbands)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the output, of the shape of the input.

        Raises
        ------
        ValueError
            If the bands cannot be divided into the parts.
        """
        recordings, channels, bands, frames = inputs.shape
        if bands % self.subbands:
            raise ValueError(
                f"{bands} bands cannot be divided into {self.subbands} sub-bands; set 'subbands', "
                f"or the bands of the front end to eight times a multiple of it"
            )
        parts = inputs.reshape(recordings, channels * self.subbands, -1, frames)
        return self.normalisation(parts).reshape(inputs.shape)
