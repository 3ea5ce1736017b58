"""Coarse samples and narrow bands, as of a telephone line."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mishear.corruptions.base import Context, Corruption
from mishear.corruptions.codecs import fitted, resampled

LINE_RATE = 8000
LOWEST = 300.0
"""Hz; where the band of a telephone line begins (ITU-T G.712)."""
ORDER = 6


def mu_law(waveform: np.ndarray, bits: int) -> np.ndarray:
    """Round samples to the values of mu-law companding, with 8 bits ITU-T G.711.

    Parameters
    ----------
    waveform
        Shape (samples,), float32. Beyond full scale it is clipped.
    bits
        Bits of a sample.
    """
    import torch
    from torchaudio.functional import mu_law_decoding, mu_law_encoding

    samples = torch.from_numpy(waveform).clamp(-1, 1)
    return mu_law_decoding(mu_law_encoding(samples, 2**bits), 2**bits).numpy()


@dataclass(frozen=True, kw_only=True)
class MuLaw(Corruption):
    """Samples of a few bits, with mu-law companding."""

    unit: ClassVar[str] = "bits a sample"
    severities: ClassVar[tuple[float, ...]] = (8, 7, 6, 5, 4)
    levels: ClassVar[tuple[float, float]] = (2, 16)
    adds_noise: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.level != int(self.level):
            raise ValueError(f"{self.level:g} bits are not allowed: must be a whole number")

    def corrupted(self, waveform: np.ndarray, context: Context) -> np.ndarray:
        """Round the samples."""
        return mu_law(waveform, int(self.level))


@dataclass(frozen=True, kw_only=True)
class Telephone(Corruption):
    """A telephone line: 8 kHz, 8-bit mu-law, nothing below 300 Hz and nothing above the level.

    3400 Hz is the band of ITU-T G.712; below it lines are worse than the standard allows. The
    filter (Butterworth, 6th order) is run forwards and backwards, so that nothing is delayed.
    """

    unit: ClassVar[str] = "Hz, highest"
    severities: ClassVar[tuple[float, ...]] = (3400, 3000, 2500, 2000, 1500)
    levels: ClassVar[tuple[float, float]] = (301, 3999)
    adds_noise: ClassVar[bool] = True

    def corrupted(self, waveform: np.ndarray, context: Context) -> np.ndarray:
        """Send the recording through the line."""
        from scipy.signal import butter, sosfiltfilt

        line = resampled(waveform, context.sample_rate, LINE_RATE)
        band = butter(ORDER, [LOWEST, self.level], "bandpass", fs=LINE_RATE, output="sos")
        heard = mu_law(np.float32(sosfiltfilt(band, np.float64(line))), bits=8)
        return fitted(resampled(heard, LINE_RATE, context.sample_rate), len(waveform))
