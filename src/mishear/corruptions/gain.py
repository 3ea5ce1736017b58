"""Recordings that are too quiet, or overdriven."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mishear.core.ranges import HIGHEST_RATIO, LOWEST_RATIO, SMALLEST
from mishear.corruptions.base import Context, Corruption


@dataclass(frozen=True, kw_only=True)
class Attenuation(Corruption):
    """A recording made at a lower level, with 16 bits a sample."""

    unit: ClassVar[str] = "dB quieter"
    severities: ClassVar[tuple[float, ...]] = (10, 20, 30, 40, 50)
    levels: ClassVar[tuple[float, float]] = (LOWEST_RATIO, HIGHEST_RATIO)

    def corrupted(self, waveform: np.ndarray, context: Context) -> np.ndarray:
        """Scale the samples and round them to 16 bits; a negative level makes them louder."""
        steps = np.round(np.float64(waveform) / 10 ** (self.level / 20) * 2**15)
        return (steps.clip(-(2**15), 2**15 - 1) / 2**15).astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Clipping(Corruption):
    """Samples cut off at a level below the recording's peak."""

    unit: ClassVar[str] = "dB below the peak"
    severities: ClassVar[tuple[float, ...]] = (6, 12, 18, 24, 30)
    levels: ClassVar[tuple[float, float]] = (SMALLEST, HIGHEST_RATIO)
    adds_noise: ClassVar[bool] = True

    def corrupted(self, waveform: np.ndarray, context: Context) -> np.ndarray:
        """Clip the samples."""
        limit = np.abs(waveform).max() / 10 ** (self.level / 20)
        return waveform.clip(-limit, limit).astype(np.float32)
