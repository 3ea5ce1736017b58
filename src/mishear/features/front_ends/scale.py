"""The scale on which a front end gives power or magnitude."""

import torch
from torch import nn
from torchaudio.transforms import AmplitudeToDB

SCALES = ("dB", "log", "linear")
QUANTITIES = {1.0: "magnitude", 2.0: "power"}
"""What a spectrum holds, by its exponent."""


class Scale(nn.Module):
    """Map power or magnitude to decibels, to its natural logarithm, or leave it.

    Parameters
    ----------
    scale
        ``dB``, ``log`` or ``linear``.
    power
        2 for power, 1 for magnitude.
    top_db
        dB below each recording's loudest point that are kept, for ``dB``; None for all.
    offset
        Added before the logarithm, for ``log``.

    Raises
    ------
    ValueError
        If a value is not allowed, or does not belong to the scale.
    """

    def __init__(self, scale: str, power: float, top_db: float | None, offset: float | None):
        super().__init__()
        if power not in QUANTITIES:
            raise ValueError(f"power must be 1 (magnitude) or 2 (power), not {power:g}")
        if top_db is not None and top_db <= 0:
            raise ValueError(f"top_db must be above 0, not {top_db:g}")
        if offset is not None and scale != "log":
            raise ValueError(f"offset is for scale: log only, not for scale: {scale}")
        if scale == "log" and offset is None:
            raise ValueError("scale: log needs an offset above 0, such as 1e-6")
        if offset is not None and offset <= 0:
            raise ValueError(f"offset must be above 0, not {offset:g}")
        self.scale, self.offset = scale, offset
        self.decades = 20 / power
        self.decibels = AmplitudeToDB(stype=QUANTITIES[power], top_db=top_db)
        self.unit = {"dB": "dB", "log": "log units", "linear": QUANTITIES[power]}[scale]

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Map values of 0 and more, shape (recordings, 1, bands, frames)."""
        if self.scale == "dB":
            return self.decibels(values)
        return (values + self.offset).log() if self.scale == "log" else values

    def inverse(self, levels: torch.Tensor) -> torch.Tensor:
        """Map levels back to power or magnitude."""
        if self.scale == "dB":
            return 10 ** (levels / self.decades)
        return ((levels.exp() - self.offset) if self.scale == "log" else levels).clamp(min=0)
