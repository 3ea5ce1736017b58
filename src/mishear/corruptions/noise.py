"""Noise at a signal-to-noise ratio: white, pink, and the babble of other recordings."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mishear.core.ranges import HIGHEST_RATIO, LOWEST_RATIO, require_within
from mishear.corruptions.base import Context, Corruption
from mishear.features.waveforms import active_speech

LOWEST_PINK = 20.0
"""Hz; below it pink noise has the power density that it has there."""


@dataclass(frozen=True, kw_only=True)
class Noise(Corruption):
    """Noise throughout the recording.

    The level is the ratio of the power of the active speech to that of the noise added to it, as
    for attacks, see :func:`mishear.features.waveforms.signal_to_noise_ratio`. Nothing is clipped.
    """

    unit: ClassVar[str] = "dB SNR"
    severities: ClassVar[tuple[float, ...]] = (40, 30, 20, 10, 0)
    levels: ClassVar[tuple[float, float]] = (LOWEST_RATIO, HIGHEST_RATIO)
    adds_noise: ClassVar[bool] = True

    @abstractmethod
    def noise(self, samples: int, context: Context) -> np.ndarray:
        """Return noise of any loudness, shape (samples,)."""

    def corrupted(self, waveform: np.ndarray, context: Context) -> np.ndarray:
        """Add the noise, see :meth:`mishear.corruptions.base.Corruption.corrupted`."""
        noise = np.float64(self.noise(len(waveform), context))
        speech = active_speech(waveform)
        signal = np.mean(np.square(waveform[speech], dtype=np.float64))
        wanted = signal / 10 ** (self.level / 10)
        scale = np.sqrt(wanted / np.mean(np.square(noise[speech])))
        return (waveform + scale * noise).astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class WhiteNoise(Noise):
    """Gaussian noise with the same power at all frequencies."""

    def noise(self, samples: int, context: Context) -> np.ndarray:
        """Draw the noise."""
        return self.random(context).standard_normal(samples)


@dataclass(frozen=True, kw_only=True)
class PinkNoise(Noise):
    """Gaussian noise whose power density falls by 3 dB an octave, from 20 Hz on."""

    def noise(self, samples: int, context: Context) -> np.ndarray:
        """Draw white noise and shape its spectrum."""
        spectrum = np.fft.rfft(self.random(context).standard_normal(samples))
        hertz = np.fft.rfftfreq(samples, 1 / context.sample_rate)
        return np.fft.irfft(spectrum / np.sqrt(np.maximum(hertz, LOWEST_PINK)), samples)


@dataclass(frozen=True, kw_only=True)
class Babble(Noise):
    """Several people who speak at once: other recordings of the corpus.

    Each voice says recordings one after the other, without their silence, all equally loud.

    Attributes
    ----------
    speakers : int
        Voices that speak at once.
    """

    severities: ClassVar[tuple[float, ...]] = (30, 20, 10, 5, 0)

    speakers: int = 6

    def __post_init__(self) -> None:
        super().__post_init__()
        require_within(self.speakers, "speakers", 1, 1000)

    def noise(self, samples: int, context: Context) -> np.ndarray:
        """Mix the voices."""
        random = self.random(context)
        drawn = context.voices.others(context.content, 3 * self.speakers, random)
        spoken = [_even(each[active_speech(each)]) for each in drawn if each.any()]
        if not spoken:
            raise ValueError("the recordings to make babble of are silent")
        mixture = np.zeros(samples)
        for speaker in range(self.speakers):
            said = np.concatenate(spoken[speaker :: self.speakers] or spoken[:1])
            start = random.integers(len(said))
            mixture += np.resize(np.roll(said, -start), samples)
        return mixture


def _even(speech: np.ndarray) -> np.ndarray:
    """Bring speech to a power of 1."""
    return speech / np.sqrt(np.mean(np.square(speech, dtype=np.float64)))
