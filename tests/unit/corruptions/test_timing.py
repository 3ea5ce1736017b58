"""Speed and pitch measured on sines, and where speech is afterwards."""

import numpy as np
import pytest

from mishear.corruptions.timing import Pitch, Speed, TimeShift, centred
from mishear.features.waveforms import active_speech
from tests.unit.corruptions.sounds import RATE, burst, context, frequency, lag, sine


def spoken(waveform):
    """First and last sample above a tenth of the peak."""
    loud = np.flatnonzero(np.abs(waveform) > np.abs(waveform).max() / 10)
    return loud[0], loud[-1]


@pytest.mark.parametrize("level", [*Speed.severities, -20])
def test_speed_changes_pitch_and_length_around_the_same_centre(level):
    clean = sine(440)
    changed = Speed(level=level).corrupted(clean, context())
    factor = 1 + level / 100
    assert frequency(changed) == pytest.approx(440 * factor, rel=2e-3)
    before, after = spoken(clean), spoken(changed)
    assert after[1] - after[0] == pytest.approx((before[1] - before[0]) / factor, rel=0.01)
    assert sum(after) / 2 == pytest.approx(sum(before) / 2, abs=RATE / 200)


@pytest.mark.parametrize("level", [*Pitch.severities, -3])
@pytest.mark.parametrize("rate", [RATE, 48000])
def test_pitch_changes_the_pitch_alone(level, rate):
    clean = sine(440, rate)
    changed = Pitch(level=level).corrupted(clean, context(rate=rate))
    assert frequency(changed, rate) == pytest.approx(440 * 2 ** (level / 12), rel=3e-3)
    for before, after in zip(spoken(clean), spoken(changed), strict=True):
        assert after == pytest.approx(before, abs=rate / 30)


@pytest.mark.parametrize("level", TimeShift.severities)
def test_shifts_are_as_long_as_stated_and_go_both_ways(level):
    clean = burst()
    found = {lag(clean, TimeShift(level=level).corrupted(clean, context(n))) for n in "abcdefgh"}
    assert found == {-level * RATE / 1000, level * RATE / 1000}


def test_a_shift_beyond_the_end_leaves_silence():
    assert not TimeShift(level=2000).corrupted(burst(), context()).any()


def test_speech_that_does_not_fit_is_cut_at_both_ends():
    like = np.zeros(6, np.float32)
    like[2:4] = 1
    assert active_speech(like) == slice(2, 4)
    assert centred(np.arange(1, 9, dtype=np.float32), like).tolist() == [2, 3, 4, 5, 6, 7]
    assert centred(np.ones(1, np.float32), like).tolist() == [0, 0, 1, 0, 0, 0]


@pytest.mark.parametrize("of_class, level", [(Speed, -100), (Pitch, 30), (TimeShift, 0)])
def test_a_level_that_cannot_be_is_refused(of_class, level):
    with pytest.raises(ValueError, match="allowed"):
        of_class(level=level)
