"""Mel-frequency cepstral coefficients."""

from dataclasses import dataclass

import torch
import torchaudio

from mishear.features.front_ends.mel_spectrogram import MelSpectrogram


@dataclass(kw_only=True, eq=False, repr=False)
class MFCC(MelSpectrogram):
    """Compute mel-frequency cepstral coefficients of shape (recordings, 1, n_mfcc, frames).

    The orthonormal discrete cosine transform (type II) of a mel-spectrogram along its bands, as in
    :class:`torchaudio.transforms.MFCC` (Davis and Mermelstein 1980).

    Parameters
    ----------
    n_mfcc
        Coefficients that are kept, at most ``n_mels``.
    **others
        See :class:`MelSpectrogram` and :class:`Spectrogram`.
    """

    n_mfcc: int = 40

    def __post_init__(self):
        if not 1 <= self.n_mfcc <= self.n_mels:
            raise ValueError(f"n_mfcc must be 1 to n_mels, {self.n_mels}, not {self.n_mfcc}")
        super().__post_init__()
        cosines = torchaudio.functional.create_dct(self.n_mfcc, self.n_mels, norm="ortho")
        self.register_buffer("cosines", cosines)
        if self.scale == "linear":
            self.range = MelSpectrogram.range

    @property
    def channels(self) -> int:
        """Number of coefficients."""
        return self.n_mfcc

    @property
    def unit_of_channels(self) -> str:
        """The unit of the levels: the transform keeps lengths."""
        return f"cepstral {self.scaling.unit}"

    def coefficients(self, levels: torch.Tensor) -> torch.Tensor:
        """Transform levels of shape (recordings, 1, ...)."""
        return (levels.transpose(-1, -2) @ self.cosines).transpose(-1, -2)

    def levels(self, coefficients: torch.Tensor) -> torch.Tensor:
        """Return the smooth levels that have the coefficients, the others being zero."""
        return (coefficients.transpose(-1, -2) @ self.cosines.T).transpose(-1, -2)
