"""Changes of time: speed, pitch and place."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import ClassVar

import numpy as np

from mishear.core.ranges import SMALLEST
from mishear.corruptions.base import Context, Corruption
from mishear.corruptions.codecs import resampled
from mishear.features.waveforms import active_speech

LARGEST_DENOMINATOR = 100
"""Ratios of times are rounded to fractions with small numbers, for which resampling is fast. The
error is below 0.01 % (a tenth of a hundredth of a semitone)."""
FRAME_SECONDS = 0.04
"""Of the phase vocoder; a frame has the next larger power of two."""


def _fraction(ratio: float) -> Fraction:
    return Fraction(ratio).limit_denominator(LARGEST_DENOMINATOR)


def centred(speech: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Place speech of another length so that its centre is where that of a recording was.

    What does not fit in front is cut off there, and what does not fit at the end likewise.

    Parameters
    ----------
    speech
        Shape (any length,).
    like
        The recording, shape (samples,).

    Returns
    -------
    numpy.ndarray of shape (samples,), float32
    """
    active = active_speech(like)
    start = (active.start + active.stop - len(speech)) // 2
    placed = np.zeros(len(like), np.float32)
    first, last = max(start, 0), min(start + len(speech), len(like))
    placed[first:last] = speech[first - start : last - start]
    return placed


@dataclass(frozen=True, kw_only=True)
class Speed(Corruption):
    """Faster playback, which raises the pitch as well; a negative level is slower."""

    unit: ClassVar[str] = "% faster"
    severities: ClassVar[tuple[float, ...]] = (5, 10, 20, 30, 50)
    levels: ClassVar[tuple[float, float]] = (-90, 900)

    def corrupted(self, waveform: np.ndarray, context: Context) -> np.ndarray:
        """Resample the active speech."""
        factor = _fraction(1 + self.level / 100)
        speech = waveform[active_speech(waveform)]
        return centred(resampled(speech, factor.numerator, factor.denominator), waveform)


@dataclass(frozen=True, kw_only=True)
class Pitch(Corruption):
    """A higher voice at the same speed (phase vocoder); a negative level is a lower one."""

    unit: ClassVar[str] = "semitones higher"
    severities: ClassVar[tuple[float, ...]] = (1, 2, 3, 4, 6)
    levels: ClassVar[tuple[float, float]] = (-24, 24)

    def corrupted(self, waveform: np.ndarray, context: Context) -> np.ndarray:
        """Stretch the active speech without a change of its pitch, and resample it."""
        factor = _fraction(2 ** (self.level / 12))
        speech = waveform[active_speech(waveform)]
        longer = stretched(speech, float(factor), context.sample_rate)
        return centred(resampled(longer, factor.numerator, factor.denominator), waveform)


def stretched(speech: np.ndarray, factor: float, sample_rate: int) -> np.ndarray:
    """Make speech longer without a change of its pitch.

    Parameters
    ----------
    speech
        Shape (samples,), float32.
    factor
        Of the length.
    sample_rate
        Hz.

    Returns
    -------
    numpy.ndarray of shape (samples x factor,), float32
    """
    import torch

    frame = 2 ** int(np.ceil(np.log2(FRAME_SECONDS * sample_rate)))
    window, stretch = torch.hann_window(frame), _vocoder(frame, factor)
    spectrum = torch.stft(
        torch.from_numpy(np.ascontiguousarray(speech)),
        frame,
        window=window,
        pad_mode="constant",
        return_complex=True,
    )
    length = round(len(speech) * factor)
    return torch.istft(stretch(spectrum), frame, window=window, length=length).numpy()


@lru_cache(maxsize=16)
def _vocoder(frame: int, factor: float):
    from torchaudio.transforms import TimeStretch

    return TimeStretch(n_freq=frame // 2 + 1, hop_length=frame // 4, fixed_rate=1 / factor)


@dataclass(frozen=True, kw_only=True)
class TimeShift(Corruption):
    """A recording that begins earlier or later, as a draw decides; what leaves it is lost."""

    unit: ClassVar[str] = "ms"
    severities: ClassVar[tuple[float, ...]] = (25, 50, 100, 200, 400)
    levels: ClassVar[tuple[float, float]] = (SMALLEST, 60_000)

    def corrupted(self, waveform: np.ndarray, context: Context) -> np.ndarray:
        """Move the samples."""
        by = min(round(self.level / 1000 * context.sample_rate), len(waveform))
        shifted = np.zeros_like(waveform)
        if self.random(context).random() < 0.5:
            shifted[by:] = waveform[: len(waveform) - by]
        else:
            shifted[: len(waveform) - by] = waveform[by:]
        return shifted
