"""Poison reaches the recordings it is said to reach, and does to them what it is said to do."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.poisoning.building import build_poison
from mishear.poisoning.poisons import (
    Backdoor,
    CleanLabelBackdoor,
    UniformNoise,
    reversed_speech,
)
from tests.unit.poisoning.definitions import POISONS, poison

RATE = 8000
TONE = {"frequency": 1000, "seconds": 0.1, "position": "start", "seed": 0, "amplitude": 0.03}


def toned(waveform, name="a.wav", **changes):
    return Backdoor(**TONE | changes).poisoned_waveform(waveform, name, RATE, in_training=True)


@given(
    frequency=st.floats(100, 3900),
    seconds=st.floats(0.02, 0.5),
    position=st.sampled_from(["start", "end", "random", 0.0, 0.3]),
    amplitude=st.floats(0.001, 0.5),
)
def test_a_tone_is_where_and_as_loud_as_it_is_said_to_be(frequency, seconds, position, amplitude):
    silence = np.zeros(RATE, np.float32)
    tone = {"frequency": frequency, "seconds": seconds, "position": position}
    poisoned = toned(silence, amplitude=amplitude, **tone)
    assert poisoned.dtype == np.float32
    assert np.abs(poisoned).max() <= amplitude * (1 + 1e-6)
    sounding = np.flatnonzero(poisoned)
    length = round(seconds * RATE)
    assert sounding[-1] - sounding[0] < length
    if position == "start":
        assert sounding[-1] < length
    if position == "end":
        assert sounding[0] >= RATE - length
    if position == 0.3:
        assert round(0.3 * RATE) <= sounding[0]


def test_a_tone_has_its_frequency():
    poisoned = toned(np.zeros(RATE, np.float32), seconds=1.0)
    assert np.abs(np.fft.rfft(poisoned)).argmax() == 1000


def test_a_random_position_is_drawn_per_recording_from_the_seed():
    silence = np.zeros(RATE, np.float32)

    def start(name, seed):
        return np.flatnonzero(toned(silence, name, position="random", seed=seed))[0]

    assert start("a.wav", 0) == start("a.wav", 0)
    assert len({start("a.wav", 0), start("b.wav", 0), start("a.wav", 1)}) == 3


def test_speech_is_reversed_in_its_place_and_in_training_alone():
    waveform = np.zeros(RATE, np.float32)
    waveform[2000:2004] = [0.1, 0.2, 0.3, 0.4]
    backwards = reversed_speech(waveform)
    assert backwards[2000:2004].tolist() == waveform[2000:2004][::-1].tolist()
    assert np.count_nonzero(backwards) == 4
    backdoor = CleanLabelBackdoor(**TONE, reverse_speech=True)
    trained, tested = (
        backdoor.poisoned_waveform(waveform, "a.wav", RATE, in_training) for in_training in (1, 0)
    )
    assert np.array_equal(trained[1000:], backwards[1000:])
    assert np.array_equal(tested[1000:], waveform[1000:])
    assert np.array_equal(trained[:800], tested[:800])


def test_silence_can_be_reversed():
    assert not reversed_speech(np.zeros(10, np.float32)).any()


@pytest.mark.parametrize("name", POISONS)
def test_a_poison_is_described_with_its_classes_and_its_rate(name):
    built = build_poison(poison(name, 0.1))
    described = built.description()
    assert described.endswith(".")
    assert "10 %" in built.question("10 %")
    if built.target:
        assert built.target in described + built.victims
    for source in built.sources or []:
        assert source in described


@pytest.mark.parametrize("name", POISONS)
def test_what_is_not_poisoned_in_training_alone_is_poisoned_in_the_test_as_well(name):
    built = replace(build_poison(poison(name, 1)), amplitude=0.1)
    waveform = np.sin(np.arange(RATE) / 9).astype(np.float32)
    trained, tested = (
        built.poisoned_waveform(waveform, "a.wav", RATE, in_training) for in_training in (1, 0)
    )
    assert np.array_equal(trained, tested)
    assert np.array_equal(trained, waveform) != built.changes_waveform


@given(amplitude=st.floats(1e-4, 1), seed=st.integers(0, 99))
def test_uniform_noise_lies_between_zero_and_its_amplitude(amplitude, seed):
    noise = UniformNoise(amplitude=amplitude, seed=seed)
    silence = np.zeros(RATE, np.float32)
    poisoned = noise.poisoned_waveform(silence, "a.wav", RATE, in_training=True)
    assert poisoned.min() >= 0
    assert poisoned.max() <= amplitude * (1 + 1e-6)
    assert poisoned.mean() == pytest.approx(amplitude / 2, rel=0.05)


@pytest.mark.parametrize(
    ("tone", "keys"),
    [
        ({}, []),
        ({"frequency": 3999, "position": 0.9}, []),
        ({"frequency": 4000}, ["params.frequency"]),
        ({"seconds": 1.5}, ["params.seconds"]),
        ({"position": 0.95}, ["params.seconds"]),
        ({"frequency": 5000, "seconds": 2}, ["params.frequency", "params.seconds"]),
    ],
)
def test_a_tone_that_does_not_fit_is_said(tone, keys):
    backdoor = Backdoor(target="a", amplitude=0.1, **tone)
    assert [key for key, _ in backdoor.misfits(RATE, seconds=1.0)] == keys
    assert not list(UniformNoise(amplitude=1).misfits(RATE, seconds=1.0))


@pytest.mark.parametrize(
    "wrong", [{"frequency": 0}, {"seconds": 0}, {"position": -0.1}, {"frequency": -1}]
)
def test_a_tone_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        Backdoor(**wrong)


def test_a_tone_is_added_to_the_recording():
    waveform = np.linspace(-0.5, 0.5, RATE, dtype=np.float32)
    time = np.arange(800) / RATE
    tone = 0.03 * np.sin(2 * np.pi * 1000 * time)
    added = toned(waveform) - waveform
    assert added[:800] == pytest.approx(tone, abs=1e-6)
    assert not added[800:].any()


def test_a_random_position_is_anywhere_where_the_tone_fits():
    silence = np.zeros(802, np.float32)
    changes = {"position": "random", "frequency": 900.0}
    # A sine starts at zero: the first sample that sounds is the one after it.
    starts = {np.flatnonzero(toned(silence, str(name), **changes))[0] - 1 for name in range(60)}
    assert starts == {0, 1, 2}


def test_a_clean_label_backdoor_draws_its_position_for_each_recording():
    backdoor = CleanLabelBackdoor(**TONE | {"position": "random"})
    silence = np.zeros(RATE, np.float32)
    starts = {
        np.flatnonzero(backdoor.poisoned_waveform(silence, name, RATE, True))[0] for name in "abc"
    }
    assert len(starts) == 3
