"""The waveform itself as the input of a network."""

import torch

from mishear.core.units import FULL_SCALE
from mishear.features.front_ends.base import FrontEnd


class Waveform(FrontEnd):
    """Pass waveforms on: the network takes samples, shape (recordings, 1, samples).

    Parameters
    ----------
    sample_rate
        Hz; given by Mishear.
    """

    unit = FULL_SCALE
    range = (-1.0, 1.0)

    def __init__(self, sample_rate: int):
        super().__init__()
        self.sample_rate = sample_rate

    def forward(self, waveforms: torch.Tensor) -> torch.Tensor:
        """Return the waveforms."""
        return waveforms

    def inverse(self, features: torch.Tensor, samples: int, iterations: int) -> torch.Tensor:
        """Return the first ``samples`` of each recording, shape (recordings, samples)."""
        return features[:, 0, :samples]
