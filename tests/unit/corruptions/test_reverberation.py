"""Rooms have the reverberation time that they state."""

import numpy as np
import pytest

from mishear.corruptions.reverberation import Reverberation, impulse_response
from tests.unit.corruptions.sounds import RATE, burst, context


def decay(response, low, high):
    """The reverberation time from the decay between two levels (Schroeder 1965), s."""
    energy = np.cumsum(response[::-1] ** 2)[::-1]
    decibels = 10 * np.log10(energy / energy[0])
    first, last = (int((decibels < level).argmax()) for level in (low, high))
    return 60 / (low - high) * (last - first) / RATE


@pytest.mark.parametrize("level", [0.2, 0.6, 1.2])
def test_the_sound_of_a_click_decays_as_stated(level):
    found = [decay(impulse_response(level, RATE, 0, room), -5, -25) for room in range(2)]
    assert found == pytest.approx([level] * 2, rel=0.2)


def test_the_direct_sound_comes_first():
    response = impulse_response(0.2, RATE, 0, 0)
    assert abs(response[0]) > 0.5 * np.abs(response).max()


def test_the_speech_keeps_its_power_and_reverberates():
    clean = burst()
    heard = Reverberation(level=0.6).corrupted(clean, context())
    speech = clean != 0
    first, last = np.flatnonzero(speech)[[0, -1]]
    power = [np.mean(np.square(each[first : last + 1])) for each in (clean, heard)]
    assert power[1] == pytest.approx(power[0], rel=1e-4)
    assert not np.abs(heard[: first - 1]).max() > 1e-4
    assert np.abs(heard[last + 1 :]).max() > 1e-3


def test_recordings_are_in_different_rooms():
    rooms = {Reverberation(level=0.2).random(context(name)).integers(4) for name in "abcdefgh"}
    assert len(rooms) > 1


def test_a_level_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="0 s RT60 is not allowed"):
        Reverberation(level=0)
    with pytest.raises(ValueError, match="rooms"):
        Reverberation(level=1, rooms=0)
