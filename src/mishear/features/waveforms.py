"""Read recordings as waveforms of one rate and length, and add uniform noise to them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from mishear.core.errors import UserError
from mishear.core.random_streams import stream
from mishear.corpora.decoding import Content, blocks
from mishear.features.rates import ratio_of

REST = 60
"""Seconds of a recording that are resampled beyond those that are needed. The rest of a longer
one, of hours perhaps, is compared with the index but not kept in memory."""

CHUNK = 25
"""Number of recordings in memory at once. With few, the intermediate results of a spectrogram stay
in the processor's cache: 25 take half as long as 250, and the spectrograms have the same bytes."""


def waveforms(
    root: Path, recordings: Sequence[tuple[str, str]], front_end: dict[str, Any]
) -> Iterator[np.ndarray]:
    """Read recordings and convert them to the front end's rate and length.

    Stereo is mixed down, and other rates are resampled (``torchaudio.transforms.Resample``, its
    defaults). Longer recordings are cut at their end. Shorter ones are padded with zeros, a random
    share of them in front, and shifted.

    Parameters
    ----------
    root
        Folder of the recordings.
    recordings
        The path of each in it, and its content.
    front_end
        The front end's definition.

    Yields
    ------
    numpy.ndarray of shape (recordings in the chunk, samples), float32
        Full scale is -1 to 1.
    """
    for start in range(0, len(recordings), CHUNK):
        chunk = recordings[start : start + CHUNK]
        yield np.stack([_prepare(root / name, content, front_end) for name, content in chunk])


def read_mono(path: Path, sample_rate: int, content: str, seconds: float = math.inf) -> np.ndarray:
    """Decode a recording, mix it down and resample it.

    Parameters
    ----------
    path
        A wav, flac or ogg file.
    sample_rate
        Hz.
    content
        What the index says of it, see :class:`mishear.corpora.decoding.Audio`.
    seconds
        How much of it is needed, from its start.

    Returns
    -------
    numpy.ndarray of shape (samples,), float32
        At least the seconds that are needed, if the recording is that long.

    Raises
    ------
    UserError
        If the file is not the one that was indexed, or can no longer be read.
    """
    import soundfile
    import torch

    try:
        with soundfile.SoundFile(path) as opened:
            rate, found = opened.samplerate, Content(opened.samplerate, opened.channels)
            mono, kept = [np.zeros(0, dtype=np.float32)], 0
            for block in blocks(opened):
                found.add(block)
                if kept < (seconds + REST) * rate:
                    mono.append(block.mean(axis=1))
                    kept += len(block)
    except (OSError, soundfile.LibsndfileError) as error:
        raise UserError(
            f"{path}: cannot be read, although the index lists it ({error}). Was it changed "
            f"since? Delete the corpus's folder under results/corpora and run again."
        ) from error
    if found.text != content:
        raise UserError(
            f"{path} is not what the index lists: the file was changed or replaced since. Put it "
            f"back, or delete inspected.csv of its corpus under results/corpora, and run again."
        )
    return resampler(rate, sample_rate)(torch.from_numpy(np.concatenate(mono))).numpy()


@lru_cache(maxsize=16)
def resampler(rate: int, sample_rate: int):
    """Build the filter from one rate (Hz) to another; cached, for building is slower than using.

    Its ratio is that of :func:`mishear.features.rates.ratio_of`.
    """
    from torchaudio.transforms import Resample

    ratio = ratio_of(rate, sample_rate)
    return Resample(ratio.numerator, ratio.denominator)


def place(speech: np.ndarray, content: str, front_end: dict[str, Any]) -> np.ndarray:
    """Cut or zero-pad one recording to the front end's length (paper, "Input", item 1).

    Parameters
    ----------
    speech
        Shape (samples,).
    content
        The recording's content; with the seed it determines its zeros and its shift.
    front_end
        The front end's definition.

    Returns
    -------
    numpy.ndarray of shape (front end's seconds x sample rate,), float32
    """
    length = round(front_end["seconds"] * front_end["sample_rate"])
    speech = speech[:length]
    free = length - len(speech)
    random = stream(front_end["seed"], "placement", content)
    zeros_in_front = random.uniform(0, front_end["leading_zeros"]) * free
    shift = random.uniform(-front_end["max_shift"], front_end["max_shift"]) * length
    start = min(max(round(zeros_in_front + shift), 0), free)
    placed = np.zeros(length, dtype=np.float32)
    placed[start : start + len(speech)] = speech
    return placed


def _prepare(path: Path, content: str, front_end: dict[str, Any]) -> np.ndarray:
    speech = read_mono(path, front_end["sample_rate"], content, front_end["seconds"])
    return place(speech, content, front_end)


def add_uniform_noise(
    waveform: np.ndarray, content: str, amplitude: float, seed: int
) -> np.ndarray:
    """Add noise from U[0, amplitude) to every sample (paper, "data poisoning").

    Parameters
    ----------
    waveform
        Shape (samples,).
    content
        The recording's content; with the seed it determines the noise.
    amplitude
        Fraction of full scale.
    seed
        Seed of the noise.

    Returns
    -------
    numpy.ndarray of shape (samples,), float32
        Not clipped: the paper adds the tensor to the signal and continues in floating point.
    """
    noise = stream(seed, "uniform noise", content).random(len(waveform), dtype=np.float32)
    return waveform + np.float32(amplitude) * noise


@dataclass(frozen=True)
class Ratios:
    """How far the change of a waveform lies below the speech, in dB; None where it has no measure.

    Attributes
    ----------
    snr_db
        See :func:`signal_to_noise_ratio`.
    si_sdr_db
        See :func:`scale_invariant_ratio`.
    """

    snr_db: float | None = None
    si_sdr_db: float | None = None

    @classmethod
    def of(cls, clean: np.ndarray, changed: np.ndarray) -> "Ratios":
        """Measure the change of one waveform, shape (samples,)."""
        return cls(signal_to_noise_ratio(clean, changed), scale_invariant_ratio(clean, changed))


def signal_to_noise_ratio(clean: np.ndarray, noisy: np.ndarray) -> float:
    """Compute the ratio of the power of the speech to that of the perturbation, in dB.

    Both powers are means over the active speech, the samples from the first to the last that is
    not zero, so that padding does not flatter the ratio.

    Parameters
    ----------
    clean, noisy
        Shape (samples,).

    Returns
    -------
    float
        Infinite without a perturbation, minus infinite without speech.
    """
    speech = active_speech(clean)
    if speech.start == speech.stop:
        return -math.inf
    signal = np.mean(np.square(clean[speech], dtype=np.float64))
    noise = np.mean(np.square(np.float64(noisy[speech]) - clean[speech]))
    return 10 * math.log10(signal / noise) if noise else math.inf


def scale_invariant_ratio(clean: np.ndarray, changed: np.ndarray) -> float | None:
    """Compute the SI-SDR in dB over the active speech (Le Roux et al. 2019, eq. 3).

    The mean of both is removed first, as in its definition. A constant offset is inaudible, but the
    signal-to-noise ratio counts it as noise: for the paper's noise from U[0, amplitude) it is 6 dB
    lower than the SI-SDR.

    Parameters
    ----------
    clean, changed
        Shape (samples,).

    Returns
    -------
    float or None
        Infinite where only loudness or offset differ, minus infinite where nothing of the clean
        recording is left; None where the clean recording is silent or constant.
    """
    speech = active_speech(clean)
    if speech.start == speech.stop:
        return None
    if np.array_equal(clean[speech], changed[speech]):
        return math.inf
    before, after = (np.float64(each[speech]) for each in (clean, changed))
    before, after = before - before.mean(), after - after.mean()
    if not before.any():
        return None
    target = (after * before).sum() / np.square(before).sum() * before
    signal, noise = np.square(target).sum(), np.square(after - target).sum()
    if not signal:
        return -math.inf
    return 10 * math.log10(signal / noise) if noise else math.inf


def active_speech(waveform: np.ndarray) -> slice:
    """Find the samples from the first to the last that is not zero; empty where all are."""
    active = waveform != 0
    first = int(active.argmax())  # stops at the first one, unlike flatnonzero
    if not active[first]:
        return slice(0, 0)
    return slice(first, len(active) - int(active[::-1].argmax()))
