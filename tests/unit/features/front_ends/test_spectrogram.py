"""Spectrograms are torchaudio's, and their inverses sound alike."""

import pytest
import torch
import torchaudio

from mishear.features.front_ends import Spectrogram

NOISE = torch.randn(2, 1, 4000, generator=torch.Generator().manual_seed(0)) / 10


def test_the_spectrum_is_torchaudios():
    expected = torchaudio.transforms.Spectrogram(
        n_fft=256, hop_length=50, win_length=200, window_fn=torch.hamming_window, power=1
    )
    found = Spectrogram(
        sample_rate=8000,
        n_fft=256,
        hop_length=50,
        win_length=200,
        window="hamming",
        power=1,
        scale="linear",
    )
    assert torch.equal(found(NOISE), expected(NOISE))
    assert (found.unit, found.range) == ("magnitude", (0, float("inf")))


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"power": 1.0},
        {"scale": "log", "offset": 1e-6},
        {"scale": "linear"},
        {"mean": -20.0, "std": [10.0] * 129},
        {"window": "hamming", "win_length": 200},
    ],
)
def test_the_inverse_has_nearly_the_same_spectrogram(params):
    front_end = Spectrogram(sample_rate=8000, n_fft=256, hop_length=64, **params)
    before = front_end(NOISE)
    after = front_end(front_end.inverse(before, 4000, iterations=32).unsqueeze(1))
    difference, spread = (after - before).abs().mean(), (before - before.mean()).abs().mean()
    assert difference < 0.6 * spread


def test_with_a_deviation_the_unit_is_standard_deviations():
    assert Spectrogram(sample_rate=8000, std=2.0).unit == "standard deviations"
    assert Spectrogram(sample_rate=8000, mean=2.0).unit == "dB"


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"n_fft": 0}, "n_fft must be from 1"),
        ({"hop_length": 0}, "hop_length must be from 1"),
        ({"n_fft": 100, "win_length": 101}, "win_length must be at most n_fft, 100"),
        ({"n_fft": 100, "mean": [1.0, 2.0]}, "mean has 2 values; give 1 or 51"),
    ],
)
def test_what_does_not_fit_is_refused(params, said):
    with pytest.raises(ValueError, match=said):
        Spectrogram(sample_rate=8000, **params)
