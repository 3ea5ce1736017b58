"""Noise has the ratio that it states, and its colour."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mishear.corruptions.base import Context, Voices
from mishear.corruptions.noise import Babble, PinkNoise, WhiteNoise
from mishear.features.waveforms import active_speech, signal_to_noise_ratio
from tests.unit.corruptions.sounds import RATE, burst, context


@pytest.mark.parametrize("noise", [WhiteNoise, PinkNoise, Babble])
@given(level=st.floats(-20, 60), content=st.sampled_from("abc"))
@settings(max_examples=15, deadline=None)
def test_the_ratio_to_the_active_speech_is_the_level(noise, level, content):
    changed = noise(level=level).corrupted(burst(), context(content))
    assert signal_to_noise_ratio(burst(), changed) == pytest.approx(level, abs=0.1)


def slope(noise):
    """dB per octave between 100 Hz and 6 kHz."""
    samples = noise.noise(16 * RATE, context())
    power = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    edges = 100 * 2.0 ** np.arange(7)
    bands = [
        power[(hertz >= low) & (hertz < high)].mean()
        for low, high in zip(edges, edges[1:], strict=False)
    ]
    return np.polyfit(np.arange(6), 10 * np.log10(bands), 1)[0]


def test_white_noise_is_flat_and_pink_noise_falls_by_3_db_an_octave():
    assert slope(WhiteNoise(level=0)) == pytest.approx(0, abs=0.2)
    assert slope(PinkNoise(level=0)) == pytest.approx(-3.01, abs=0.2)


def test_the_noise_is_the_same_at_every_level():
    one, other = (WhiteNoise(level=level).corrupted(burst(), context()) for level in (20, 0))
    assert np.allclose(10 * (one - burst()), other - burst(), atol=1e-5)


def test_babble_is_made_of_others_than_the_recording():
    hertz = 200 + 50 * np.arange(8)
    said = np.sin(2 * np.pi * np.outer(hertz, np.arange(1, RATE + 1)) / RATE).astype(np.float32)
    voices = Voices(np.array(list("abcdefgh")), said.__getitem__)
    noise = Babble(level=0).noise(RATE, Context("a", RATE, voices))
    power = np.abs(np.fft.rfft(noise)) ** 2
    assert power[hertz].sum() > 0.5 * power.sum()
    assert power[hertz[0]] < 1e-3 * power.sum()
    assert (power[hertz] > 1e-2 * power.sum()).sum() > 3


def test_babble_fills_the_recording():
    noise = Babble(level=0).corrupted(burst(), context("a")) - burst()
    before = noise[: active_speech(burst()).start]
    assert np.sqrt(np.mean(before**2)) > 0.3 * np.sqrt(np.mean(noise**2))


def test_babble_needs_others():
    with pytest.raises(ValueError, match="no other recording"):
        Babble(level=0).corrupted(burst(), Context("a", RATE))
    with pytest.raises(ValueError, match="0 speakers is not allowed"):
        Babble(level=0, speakers=0)


@pytest.mark.parametrize("level", [-400, -101, 201, 1e12])
@pytest.mark.parametrize("of_class", [WhiteNoise, PinkNoise, Babble])
def test_a_ratio_that_cannot_be_is_refused(of_class, level):
    with pytest.raises(ValueError, match="dB SNR is not allowed: must be from -100 to 200"):
        of_class(level=level)
