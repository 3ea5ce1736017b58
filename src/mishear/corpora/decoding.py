"""Decode recordings, and give the reason for each that cannot be used."""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mishear.core.sentences import counted
from mishear.corpora.containers import Unusable, check_container, check_kind
from mishear.corpora.flac_hashes import HashOfSamples
from mishear.corpora.sources import Expectation

if TYPE_CHECKING:
    import numpy as np
    import soundfile

_DIGITS_OF_CONTENT = 16
_BLOCK = 1 << 16
"""Samples of each channel in memory at once, at most."""

_MOST_VALUES = 32 * _BLOCK
"""Samples of all channels in memory at once, at most: a file may have 1,024 channels."""

LOWEST_RATE, HIGHEST_RATE = 2_000, 768_000
"""Sample rates that are accepted, Hz."""

LOUDEST = 10.0
"""Largest absolute value of a sample, as a multiple of full scale: 20 dB above it. Floating-point
files may exceed full scale; beyond this, they are scaled otherwise or damaged."""

_FULL_SCALE = 32767 / 32768
"""The largest sample of 16 bits."""

_AUDIBLE = 10 ** (-30 / 20)
"""30 dB below the peak."""

_NO_LENGTH = 1 << 35
"""Samples from which on a promised length stands for an unknown one."""


@dataclass(frozen=True)
class Audio:
    """What a file holds once it is decoded.

    Attributes
    ----------
    sample_rate : int
        Hz.
    channels : int
    samples : int
        Length of one channel.
    content : str
        Hash of rate, channels and samples, 16 hexadecimal digits. The same audio has the same one
        as wav and as flac, whatever the file is called.
    clipped : int
        Samples, of all channels, at or beyond full scale.
    peak : float
        Largest absolute value of the channels mixed to one, as a multiple of full scale.
    cancelled_db : float
        By how many dB the mix has less power than the channels have on average: 0 where they are
        alike, 3 where they are independent.
    speech_end : float
        Seconds after which the mix stays 30 dB below its peak.
    """

    sample_rate: int
    channels: int
    samples: int
    content: str
    clipped: int
    peak: float
    cancelled_db: float
    speech_end: float


def decode(path: str, expectation: Expectation | None) -> Audio:
    """Decode a file from end to end.

    Parameters
    ----------
    path
        The file.
    expectation
        Sample rate, channels and bits that it must have; None: any.

    Raises
    ------
    Unusable
        If it is not a file, cannot be read or decoded, is truncated, has samples that are not
        finite, far beyond full scale or not those of its hash, or is silent once its channels are
        mixed.
    """
    import soundfile

    check_kind(path)
    try:
        with open(path, "rb") as file:
            check_container(file)
            of_samples = HashOfSamples.of(file)
        with soundfile.SoundFile(path) as opened:
            _check_format(opened, expectation)
            measured = _Measured(opened.samplerate, opened.channels)
            for block in blocks(opened):
                measured.add(block)
                if of_samples:
                    of_samples.add(block)
            promised = opened.frames
    except OSError as error:
        raise Unusable(f"unreadable: {error.strerror or error}") from None
    except soundfile.LibsndfileError as error:
        raise Unusable(f"undecodable: {error.error_string}") from None
    if measured.samples < promised < _NO_LENGTH:
        raise Unusable(f"truncated: {measured.samples} of {promised} samples are there")
    if of_samples:
        of_samples.check()
    return measured.audio()


def blocks(opened: "soundfile.SoundFile") -> Iterator["np.ndarray"]:
    """Read a file in parts of shape (samples, channels), float32.

    The length that its header promises may be wrong or missing, so it is not believed.
    """
    length = min(_BLOCK, _MOST_VALUES // opened.channels)
    while len(block := opened.read(length, dtype="float32", always_2d=True)):
        yield block


class Content:
    """The content of a recording after some of its parts, see :class:`Audio`.

    Parameters
    ----------
    sample_rate
        Hz.
    channels
        Their number.
    """

    def __init__(self, sample_rate: int, channels: int):
        self._digest = hashlib.sha256(f"{sample_rate} {channels} ".encode())

    def add(self, block: "np.ndarray") -> None:
        """Add samples of shape (samples, channels), float32."""
        self._digest.update(block.astype("<f4", copy=False).data)

    @property
    def text(self) -> str:
        """The hash of all that was added."""
        return self._digest.hexdigest()[:_DIGITS_OF_CONTENT]


class _Measured:
    """What is known of a recording after some of its parts."""

    def __init__(self, sample_rate: int, channels: int):
        self.sample_rate, self.channels = sample_rate, channels
        self.samples = self.clipped = 0
        self.content = Content(sample_rate, channels)
        self.extremes: list[tuple[float, float]] = []
        self.mixed: list[tuple[float, float]] = []
        self.power = self.power_mixed = 0.0
        self.ends: list[np.ndarray] = []
        self.peaks: list[np.ndarray] = []

    def add(self, block: "np.ndarray") -> None:
        import numpy as np

        if not np.isfinite(block).all():
            raise Unusable("not finite: NaN or infinite samples")
        if (loudest := float(np.abs(block).max())) > LOUDEST:
            raise Unusable(
                f"too loud: a sample of {loudest:g}, where full scale is 1; scale the file"
            )
        self.clipped += int((np.abs(block) >= _FULL_SCALE).sum())
        self.content.add(block)
        mono = block.mean(axis=1)
        self.extremes.append((float(block.min()), float(block.max())))
        self.mixed.append((float(mono.min()), float(mono.max())))
        self.power += float(np.square(block, dtype=np.float64).sum()) / self.channels
        self.power_mixed += float(np.square(mono, dtype=np.float64).sum())
        self._add_peaks(np.abs(mono))
        self.samples += len(block)

    def _add_peaks(self, loudness: "np.ndarray") -> None:
        """Note the peak of each segment of 10 ms."""
        import numpy as np

        length = max(1, self.sample_rate // 100)
        starts = np.arange(0, len(loudness), length)
        self.peaks.append(np.maximum.reduceat(loudness, starts))
        self.ends.append(self.samples + np.minimum(starts + length, len(loudness)))

    def audio(self) -> Audio:
        import numpy as np

        if not self.samples:
            raise Unusable("empty: 0 samples")
        if (level := _constant(self.extremes)) is not None:
            raise Unusable(f"constant: all samples are {level:g}")
        if _constant(self.mixed) is not None:
            raise Unusable("silent: the channels cancel when they are mixed")
        peaks = np.concatenate(self.peaks)
        last = np.flatnonzero(peaks >= peaks.max() * _AUDIBLE)[-1]
        return Audio(
            self.sample_rate,
            self.channels,
            self.samples,
            content=self.content.text,
            clipped=self.clipped,
            peak=round(float(peaks.max()), 6),
            cancelled_db=round(max(0.0, 10 * math.log10(self.power / self.power_mixed)), 3),
            speech_end=round(float(np.concatenate(self.ends)[last]) / self.sample_rate, 6),
        )


def _constant(extremes: list[tuple[float, float]]) -> float | None:
    """Return the value of all samples, from the extremes of each part; None if they differ."""
    lows, highs = zip(*extremes, strict=True)
    return lows[0] if min(lows) == max(highs) else None


def _check_format(opened: "soundfile.SoundFile", expectation: Expectation | None) -> None:
    if not LOWEST_RATE <= opened.samplerate <= HIGHEST_RATE:
        raise Unusable(
            f"sample rate: {opened.samplerate} Hz, outside {LOWEST_RATE} to {HIGHEST_RATE} Hz"
        )
    if expectation is None:
        return
    expected = (expectation.sample_rate, expectation.channels, f"PCM_{expectation.bits}")
    found = (opened.samplerate, opened.channels, opened.subtype)
    if found != expected:
        raise Unusable(f"format: {_format_text(*found)} instead of {_format_text(*expected)}")


def _format_text(sample_rate: int, channels: int, subtype: str) -> str:
    return f"{sample_rate} Hz, {counted(channels, 'channel')}, {subtype}"
