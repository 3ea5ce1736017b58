"""Lossy codecs, through libsndfile: encoded at a bit rate or quality, and decoded again."""

import io
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mishear.corruptions.base import Context, Corruption
from mishear.features.waveforms import resampler

MP3_DELAY = 1105
"""Samples by which LAME and a decoder delay a recording together (576 and 529). A decoder removes
them itself where the file says so, for which the first frame is too small at low bit rates."""


@dataclass(frozen=True, kw_only=True)
class Codec(Corruption):
    """A codec; its delay is removed.

    Recordings at a rate that the codec does not know are resampled to the next higher one, or the
    highest, and back.
    """

    adds_noise: ClassVar[bool] = True
    rates: ClassVar[tuple[int, ...]]
    """Sample rates that the codec knows, in ascending order."""

    @abstractmethod
    def settings(self, sample_rate: int) -> Mapping[str, Any]:
        """Return the arguments of ``soundfile.write`` at one of the codec's sample rates."""

    def codec_rate(self, sample_rate: int) -> int:
        """Return the sample rate at which recordings of another one are encoded, in Hz."""
        return next((rate for rate in self.rates if rate >= sample_rate), self.rates[-1])

    def encoded(self, waveform: np.ndarray, sample_rate: int) -> bytes:
        """Encode a recording at one of the codec's sample rates."""
        import soundfile

        file = io.BytesIO()
        soundfile.write(file, waveform, sample_rate, **self.settings(sample_rate))
        return file.getvalue()

    def corrupted(self, waveform: np.ndarray, context: Context) -> np.ndarray:
        """Encode and decode the recording."""
        import soundfile

        rate = self.codec_rate(context.sample_rate)
        given = resampled(waveform, context.sample_rate, rate)
        decoded, _ = soundfile.read(io.BytesIO(self.encoded(given, rate)), dtype="float32")
        aligned = decoded[self.delay(len(given), len(decoded)) :]
        return fitted(resampled(aligned, rate, context.sample_rate), len(waveform))

    def delay(self, given: int, decoded: int) -> int:
        """Return the samples by which the decoded recording is late, from both lengths."""
        return 0


@dataclass(frozen=True, kw_only=True)
class MP3(Codec):
    """MP3 at a constant bit rate (LAME).

    Below 32 kbit/s, which MPEG-1 does not know, recordings above 24 kHz are encoded at 24 kHz
    (MPEG-2), as LAME's own program does.
    """

    unit: ClassVar[str] = "kbit/s"
    severities: ClassVar[tuple[float, ...]] = (64, 32, 24, 16, 8)
    levels: ClassVar[tuple[float, float]] = (8, 64)
    rates: ClassVar[tuple[int, ...]] = (
        *(8000, 11025, 12000, 16000, 22050, 24000),
        *(32000, 44100, 48000),
    )

    def codec_rate(self, sample_rate: int) -> int:
        """Return the sample rate at which recordings of another one are encoded, in Hz."""
        return super().codec_rate(min(sample_rate, 24000) if self.level < 32 else sample_rate)

    def settings(self, sample_rate: int) -> Mapping[str, Any]:
        """Return the arguments of ``soundfile.write``; libsndfile scales between two bit rates."""
        if sample_rate > 24000:
            lowest, highest = 32, 320
        else:
            lowest, highest = 8, 160 if sample_rate > 12000 else 64
        compression = (highest - self.level) / (highest - lowest)
        return {
            "format": "MP3",
            "subtype": "MPEG_LAYER_III",
            "bitrate_mode": "CONSTANT",
            "compression_level": min(compression, 0.999),  # 1 is refused
        }

    def delay(self, given: int, decoded: int) -> int:
        """Return the delay, where the decoder knew neither it nor the length."""
        return MP3_DELAY if decoded > given else 0


@dataclass(frozen=True, kw_only=True)
class Opus(Codec):
    """Opus at a variable bit rate, whose mean is the level."""

    unit: ClassVar[str] = "kbit/s"
    severities: ClassVar[tuple[float, ...]] = (32, 24, 16, 10, 6)
    levels: ClassVar[tuple[float, float]] = (6, 256)
    rates: ClassVar[tuple[int, ...]] = (8000, 12000, 16000, 24000, 48000)

    def settings(self, sample_rate: int) -> Mapping[str, Any]:
        """Return the arguments of ``soundfile.write``; libsndfile scales from 256 to 6 kbit/s."""
        compression = (256 - self.level) / 250
        return {"format": "OGG", "subtype": "OPUS", "compression_level": compression}


@dataclass(frozen=True, kw_only=True)
class Vorbis(Codec):
    """Ogg Vorbis at a quality of its encoder, from 0 (least) to 10."""

    unit: ClassVar[str] = "of 10 (quality)"
    severities: ClassVar[tuple[float, ...]] = (8, 6, 4, 2, 0)
    levels: ClassVar[tuple[float, float]] = (0, 10)
    rates: ClassVar[tuple[int, ...]] = (8000, 11025, 16000, 22050, 32000, 44100, 48000)

    def settings(self, sample_rate: int) -> Mapping[str, Any]:
        """Return the arguments of ``soundfile.write``."""
        compression = 1 - self.level / 10
        return {"format": "OGG", "subtype": "VORBIS", "compression_level": compression}


def resampled(waveform: np.ndarray, rate: int, sample_rate: int) -> np.ndarray:
    """Return a recording at another sample rate (Hz)."""
    import torch

    if rate == sample_rate:
        return waveform
    return resampler(rate, sample_rate)(torch.from_numpy(waveform)).numpy()


def fitted(waveform: np.ndarray, samples: int) -> np.ndarray:
    """Cut a recording at its end, or add zeros there."""
    found = np.zeros(samples, np.float32)
    found[: len(waveform)] = waveform[:samples]
    return found
