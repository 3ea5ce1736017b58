"""M5: a convolutional network on samples (Dai et al. 2017)."""

import torch
from torch import nn


class M5(nn.Module):
    """Classify waveforms with four convolutions, each followed by maximum pooling.

    Network M5 of Dai et al. (2017), "Very deep convolutional neural networks for raw waveforms",
    table 1, made for 4 s at 8 kHz. Each convolution is followed by batch normalisation and ReLU,
    the last pooling by the mean over time and a linear layer.

    Parameters
    ----------
    classes
        Number of classes; the length of the output.
    channels
        Channels of the first two convolutions. The third has twice, the fourth four times as many.
    stride
        Samples from one position of the first filter, of 80 samples, to the next.
    """

    def __init__(self, classes: int, channels: int = 128, stride: int = 4):
        super().__init__()
        self.features = nn.Sequential(
            *self._block(1, channels, kernel=80, stride=stride),
            *self._block(channels, channels, kernel=3),
            *self._block(channels, 2 * channels, kernel=3),
            *self._block(2 * channels, 4 * channels, kernel=3),
            nn.AdaptiveAvgPool1d(1),
        )
        self.classifier = nn.Linear(4 * channels, classes)

    @staticmethod
    def _block(inputs: int, outputs: int, kernel: int, stride: int = 1) -> list[nn.Module]:
        convolution = nn.Conv1d(inputs, outputs, kernel, stride, padding=(kernel - 1) // 2)
        return [convolution, nn.BatchNorm1d(outputs), nn.ReLU(), nn.MaxPool1d(4)]

    def forward(self, waveforms: torch.Tensor) -> torch.Tensor:
        """Compute logits, (recordings, classes), from shape (recordings, 1, samples)."""
        return self.classifier(self.features(waveforms).flatten(1))
