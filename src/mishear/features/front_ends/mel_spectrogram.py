"""Mel-spectrograms (paper, "Input", item 2)."""

from dataclasses import dataclass
from typing import Any, Literal

import torch
import torchaudio
from torch import nn

from mishear.features.front_ends.spectrogram import Spectrogram

MOST_MELS = 1024
"""Largest number of mel filters."""


@dataclass(kw_only=True, eq=False, repr=False)
class MelSpectrogram(Spectrogram):
    """Compute mel-spectrograms of shape (recordings, 1, ...).

    Wraps :class:`torchaudio.transforms.MelSpectrogram`. The paper's front end is that with
    its defaults.

    Parameters
    ----------
    n_mels
        Mel filters.
    f_min
        Lowest frequency, Hz.
    f_max
        Highest frequency, Hz; half the sample rate unless given.
    norm
        ``slaney`` divides each filter by its width.
    mel_scale
        Formula of the mel scale.
    **others
        See :class:`Spectrogram`.
    """

    n_mels: int = 64
    f_min: float = 0.0
    f_max: float | None = None
    norm: Literal["slaney"] | None = None
    mel_scale: Literal["htk", "slaney"] = "htk"

    def __post_init__(self):
        highest = self.sample_rate / 2 if self.f_max is None else self.f_max
        if not 0 < self.n_mels <= MOST_MELS:
            raise ValueError(f"n_mels must be from 1 to {MOST_MELS}, not {self.n_mels}")
        if not 0 <= self.f_min < highest <= self.sample_rate / 2:
            raise ValueError(
                f"f_min and f_max must rise from 0 to at most half the sample rate, "
                f"{self.sample_rate / 2:g} Hz, not from {self.f_min:g} to {highest:g}"
            )
        super().__post_init__()

    @property
    def channels(self) -> int:
        """Number of mel filters."""
        return self.n_mels

    def linear_spectra(self, bands: torch.Tensor) -> torch.Tensor:
        """Return spectra by :class:`torchaudio.transforms.InverseMelScale` (least squares)."""
        inverse = torchaudio.transforms.InverseMelScale(n_stft=self.n_fft // 2 + 1, **self._mels())
        return inverse(bands)

    def _spectra(self) -> nn.Module:
        return torchaudio.transforms.MelSpectrogram(
            power=self.power, **self._frames(), **self._mels()
        )

    def _mels(self) -> dict[str, Any]:
        return {
            "sample_rate": self.sample_rate,
            "n_mels": self.n_mels,
            "f_min": self.f_min,
            "f_max": self.f_max,
            "norm": self.norm,
            "mel_scale": self.mel_scale,
        }
