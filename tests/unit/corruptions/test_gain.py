"""Attenuation and clipping in decibels."""

import numpy as np
import pytest

from mishear.corruptions.gain import Attenuation, Clipping
from tests.unit.corruptions.sounds import burst, context


@pytest.mark.parametrize("level", [*Attenuation.severities, -3])
def test_recordings_are_quieter_by_the_level_and_have_16_bits(level):
    changed = Attenuation(level=level).corrupted(burst(), context())
    power = [np.mean(np.square(each, dtype=np.float64)) for each in (burst(), changed)]
    assert 10 * np.log10(power[0] / power[1]) == pytest.approx(level, abs=0.1)
    assert np.array_equal(changed * 2**15, np.round(changed * 2**15))


def test_louder_than_full_scale_is_clipped():
    assert np.abs(Attenuation(level=-60).corrupted(burst(), context())).max() <= 1


@pytest.mark.parametrize("level", Clipping.severities)
def test_peaks_are_cut_off_at_the_level(level):
    clean = burst()
    changed = Clipping(level=level).corrupted(clean, context())
    peaks = [np.abs(each).max() for each in (clean, changed)]
    assert 20 * np.log10(peaks[0] / peaks[1]) == pytest.approx(level, abs=1e-3)
    untouched = np.abs(clean) <= peaks[1]
    assert np.array_equal(changed[untouched], clean[untouched])


@pytest.mark.parametrize(
    ("of_class", "level"),
    [(Clipping, 0), (Clipping, 201), (Attenuation, -101), (Attenuation, 7000)],
)
def test_a_level_that_cannot_be_is_refused(of_class, level):
    with pytest.raises(ValueError, match="is not allowed: must be from"):
        of_class(level=level)
