"""Cepstral coefficients are torchaudio's, and can be turned back to levels."""

import pytest
import torch
import torchaudio

from mishear.features.front_ends import MFCC, MelSpectrogram

SIZES = {"n_fft": 256, "n_mels": 20}
NOISE = torch.randn(1, 1, 4000, generator=torch.Generator().manual_seed(0)) / 10


def test_coefficients_are_torchaudios():
    expected = torchaudio.transforms.MFCC(8000, n_mfcc=13, melkwargs=SIZES)
    found = MFCC(sample_rate=8000, n_mfcc=13, **SIZES)
    assert found(NOISE).shape[:3] == (1, 1, 13)
    assert torch.allclose(found(NOISE), expected(NOISE), atol=1e-4)
    assert found.unit == "cepstral dB"


def test_all_coefficients_together_are_the_levels():
    mel = MelSpectrogram(sample_rate=8000, **SIZES)
    cepstrum = MFCC(sample_rate=8000, n_mfcc=20, **SIZES)
    assert torch.allclose(cepstrum.levels(cepstrum(NOISE)), mel(NOISE), atol=1e-3)
    sound = cepstrum.inverse(cepstrum(NOISE), 4000, iterations=4)
    assert torch.allclose(sound, mel.inverse(mel(NOISE), 4000, iterations=4), atol=1e-2)


def test_they_may_be_negative_whatever_the_scale():
    assert MFCC(sample_rate=8000, **SIZES, n_mfcc=13, scale="linear").range[0] == -float("inf")


def test_more_coefficients_than_bands_are_refused():
    with pytest.raises(ValueError, match="n_mfcc must be 1 to n_mels, 20, not 21"):
        MFCC(sample_rate=8000, n_mfcc=21, **SIZES)
