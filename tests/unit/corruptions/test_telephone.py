"""Telephone lines keep their band; mu-law has its values."""

import numpy as np
import pytest

from mishear.corruptions.telephone import MuLaw, Telephone, mu_law
from mishear.features.waveforms import signal_to_noise_ratio
from tests.unit.corruptions.sounds import burst, context, lag, sine


def gain(level, hertz, rate=48000):
    """dB that are left of a sine."""
    clean = sine(hertz, rate)
    heard = Telephone(level=level).corrupted(clean, context(rate=rate))
    middle = slice(3 * len(clean) // 8, 5 * len(clean) // 8)
    return 10 * np.log10(np.mean(heard[middle] ** 2) / np.mean(clean[middle] ** 2))


@pytest.mark.parametrize("level", [3400, 2000])
def test_a_line_keeps_its_band_alone(level):
    assert gain(level, 1000) == pytest.approx(0, abs=0.5)
    assert gain(level, 0.85 * level) == pytest.approx(0, abs=3)
    assert gain(level, 100) < -20
    assert gain(level, 1.3 * level) < -20


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 48000])
def test_a_line_delays_nothing(rate):
    clean = burst(rate, hertz=(450, 830, 1610))
    changed = Telephone(level=3400).corrupted(clean, context(rate=rate))
    assert abs(lag(clean, changed)) <= 1


@pytest.mark.parametrize("bits", [8, 4])
def test_mu_law_has_as_many_values_as_its_bits_allow(bits):
    samples = np.linspace(-1.2, 1.2, 200_001, dtype=np.float32)
    assert len(np.unique(mu_law(samples, bits))) == 2**bits


def test_eight_bits_are_as_good_as_the_standard_says():
    """About 38 dB for any but the faintest signals (ITU-T G.711)."""
    for amplitude in (1, 0.1):
        clean = amplitude * sine(440) / 0.3
        changed = MuLaw(level=8).corrupted(clean, context())
        assert signal_to_noise_ratio(clean, changed) == pytest.approx(37.5, abs=2.5)


@pytest.mark.parametrize(
    "of_class, level", [(MuLaw, 7.5), (MuLaw, 1), (MuLaw, 17), (Telephone, 4000)]
)
def test_a_level_that_cannot_be_is_refused(of_class, level):
    with pytest.raises(ValueError, match="not allowed"):
        of_class(level=level)
