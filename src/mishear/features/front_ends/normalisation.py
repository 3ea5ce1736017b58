"""Normalise each channel of a front end by a constant mean and standard deviation."""

from collections.abc import Sequence

import torch
from torch import nn

Constants = float | Sequence[float]
"""One for all channels, or one for each."""


class Normalisation(nn.Module):
    """Subtract a mean from each channel and divide by a standard deviation.

    Parameters
    ----------
    channels
        Bands or coefficients of the front end.
    mean, std
        Constants, such as those of the recordings that the network was trained on; None for 0
        and 1.

    Raises
    ------
    ValueError
        If there are neither one nor as many as channels, or a deviation is not above 0.
    """

    def __init__(self, channels: int, mean: Constants | None, std: Constants | None):
        super().__init__()
        self.changes = mean is not None or std is not None
        self.unit = "standard deviations" if std is not None else None
        constants = {"mean": 0.0 if mean is None else mean, "std": 1.0 if std is None else std}
        for name, values in constants.items():
            column = torch.tensor(values, dtype=torch.float32).reshape(-1, 1)
            if len(column) not in (1, channels):
                raise ValueError(f"{name} has {len(column)} values; give 1 or {channels}")
            self.register_buffer(name, column)
        if not (self.std > 0).all():
            raise ValueError("std must be above 0")

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Normalise features of shape (recordings, 1, channels, frames)."""
        return (features - self.mean) / self.std if self.changes else features

    def inverse(self, features: torch.Tensor) -> torch.Tensor:
        """Undo the normalisation."""
        return features * self.std + self.mean if self.changes else features
