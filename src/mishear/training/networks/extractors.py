"""Differentiable feature extractors of Hugging Face's audio models.

The library's own extractors compute with NumPy, recording by recording, and pass no gradient. These
give the same values within 1e-4 and are a part of the victim, so that attacks on the waveform
differentiate through them.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.nn import functional

WINDOW_SECONDS, SHIFT_SECONDS = 0.025, 0.010
PREEMPHASIS = 0.97
LOWEST_FREQUENCY = 20.0
"""Hz."""

FLOOR = torch.finfo(torch.float32).eps
"""Lowest energy of a mel band, as in Kaldi."""


class ZeroMeanUnitVariance(nn.Module):
    """Subtract a recording's mean and divide by its standard deviation.

    As ``Wav2Vec2FeatureExtractor`` of transformers does for a recording that is not padded: its
    zeros count like all its other samples.

    Parameters
    ----------
    do_normalize
        False: recordings are passed on as they are.
    """

    VARIANCE_OFFSET = 1e-7

    def __init__(self, do_normalize: bool = True):
        super().__init__()
        self.do_normalize = do_normalize

    def forward(self, waveforms: torch.Tensor) -> torch.Tensor:
        """Normalise waveforms, shape (recordings, samples)."""
        if not self.do_normalize:
            return waveforms
        centred = waveforms - waveforms.mean(dim=1, keepdim=True)
        variance = centred.square().mean(dim=1, keepdim=True)
        return centred / (variance + self.VARIANCE_OFFSET).sqrt()


class KaldiFilterBank(nn.Module):
    """Compute Kaldi's logarithmic mel filter bank, as ``ASTFeatureExtractor`` of transformers does.

    Frames of 25 ms, 10 ms apart, lie within the recording. Each has its mean removed, is
    pre-emphasised, and is multiplied by a Hann window. The frames are cut to ``max_length``, or
    padded with zeros, before the values are normalised to ``(value - mean) / (2 * std)``.

    Parameters
    ----------
    sampling_rate
        Hz.
    num_mel_bins
        Number of bands.
    max_length
        Number of frames.
    do_normalize
        False: without the normalisation.
    mean, std
        Of the values in the training of the model; by default those of AudioSet.
    """

    def __init__(
        self,
        sampling_rate: int = 16000,
        num_mel_bins: int = 128,
        max_length: int = 1024,
        do_normalize: bool = True,
        mean: float = -4.2677393,
        std: float = 4.5689974,
    ):
        super().__init__()
        from torchaudio.compliance.kaldi import get_mel_banks

        self.window_samples = int(sampling_rate * WINDOW_SECONDS)
        self.shift_samples = int(sampling_rate * SHIFT_SECONDS)
        self.transform_length = 1 << (self.window_samples - 1).bit_length()
        self.max_length = max_length
        self.mean, self.scale = (mean, 2 * std) if do_normalize else (0.0, 1.0)
        banks, _ = get_mel_banks(
            num_mel_bins, self.transform_length, sampling_rate, LOWEST_FREQUENCY, 0, 100, -500, 1
        )
        window = torch.hann_window(self.window_samples, periodic=False)
        self.register_buffer("window", window, persistent=False)
        # The highest frequency of the transform is in no band.
        self.register_buffer("banks", functional.pad(banks, (0, 1)).T, persistent=False)

    def forward(self, waveforms: torch.Tensor) -> torch.Tensor:
        """Compute features of shape (recordings, frames, bands) from (recordings, samples)."""
        if waveforms.shape[1] < self.window_samples:
            raise ValueError(
                f"a recording of {waveforms.shape[1]} samples is shorter than a frame of "
                f"{self.window_samples}"
            )
        frames = waveforms.unfold(1, self.window_samples, self.shift_samples)
        frames = frames - frames.mean(dim=2, keepdim=True)
        before = torch.cat([frames[..., :1], frames[..., :-1]], dim=2)
        windowed = (frames - PREEMPHASIS * before) * self.window
        spectrum = torch.fft.rfft(windowed, n=self.transform_length)
        power = spectrum.real.square() + spectrum.imag.square()
        features = (power @ self.banks).clamp(min=FLOOR).log()[:, : self.max_length]
        missing = self.max_length - features.shape[1]
        return (functional.pad(features, (0, 0, 0, missing)) - self.mean) / self.scale


WAVEFORM_KEYS = ("do_normalize",)
FILTER_BANK_KEYS = ("sampling_rate", "num_mel_bins", "max_length", "do_normalize", "mean", "std")


def build_extractor(kind: str, settings: Mapping[str, Any]) -> nn.Module:
    """Build the extractor that a ``preprocessor_config.json`` describes.

    Parameters
    ----------
    kind
        Name of the library's class: ``Wav2Vec2FeatureExtractor`` or ``ASTFeatureExtractor``.
    settings
        Content of the file. What it does not set has the library's default.
    """
    found, keys = {
        "Wav2Vec2FeatureExtractor": (ZeroMeanUnitVariance, WAVEFORM_KEYS),
        "ASTFeatureExtractor": (KaldiFilterBank, FILTER_BANK_KEYS),
    }[kind]
    return found(**{key: settings[key] for key in keys if key in settings})
