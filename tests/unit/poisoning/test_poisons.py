"""Poison reaches the recordings it is said to reach, and does to them what it is said to do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.features.split import Division
from mishear.poisoning.poisons import (
    Backdoor,
    CleanLabelBackdoor,
    reversed_speech,
    targets,
)
from mishear.poisoning.training_set import poisoned_rows, training_set

RATE = 8000
TONE = {"frequency": 1000, "seconds": 0.1, "position": "start", "seed": 0, "amplitude": 0.03}


def toned(waveform, name="a.wav", **changes):
    return Backdoor(**TONE | changes).poisoned_waveform(waveform, name, RATE, in_training=True)


def division(count=200, classes=5):
    labels = np.array([f"word{number % classes}" for number in range(count)])
    names = np.array([f"{number}.wav" for number in range(count)])
    splits = np.array(["train"] * (count - 40) + ["validation"] * 20 + ["test"] * 20)
    return Division(names, labels, names, splits)


def defined(class_name, target=None, sources=None, seed=0, **params):
    section = {"class": class_name, "params": params, "target": target, "sources": sources}
    return section | {"seed": seed, "amplitude": None}


POISONS = {
    "uniform": defined("UniformNoise"),
    "random": defined("RandomLabelFlip", seed=3),
    "targeted": defined("TargetedLabelFlip", "word3", ["word1", "word2"]),
    "to one": defined("TargetedLabelFlip", "word3"),
    "trigger": defined("Backdoor", "word3"),
    "clean-label": defined("CleanLabelBackdoor", "word3"),
}


def poison(name, rate):
    return {"recipe": name, **POISONS[name], "rate": rate}


@given(
    st.sampled_from(list(POISONS)), st.floats(0, 0.8), st.floats(0, 0.8), st.integers(0, 2**32 - 1)
)
def test_a_smaller_rate_is_part_of_a_larger_and_gets_the_same_labels(name, one, other, seed):
    small, large = (
        training_set(division(), poison(name, rate), seed) for rate in sorted((one, other))
    )
    assert np.all(large.is_poisoned[small.is_poisoned])
    assert np.array_equal(small.labels[small.is_poisoned], large.labels[small.is_poisoned])


@given(st.integers(1, 300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 20))
def test_fewer_poisoned_rows_are_part_of_more(count, one, other, seed):
    rows = np.arange(5, 5 + count)
    small, large = (set(poisoned_rows(rows, n, seed).tolist()) for n in sorted((one, other)))
    assert small <= large <= set(rows.tolist())
    assert len(large) == min(max(one, other), count)


@pytest.mark.parametrize(
    ("name", "rate", "count"),
    [
        ("uniform", 0.5, 80),
        ("random", 0.5, 80),
        ("targeted", 0.5, 32),
        ("to one", 0.5, 64),
        ("trigger", 0.5, 80),
        ("trigger", 0.8, 128),
        ("clean-label", 0.5, 16),
        ("clean-label", 1.0, 32),
    ],
)
def test_the_rate_is_of_what_it_is_said_to_be_of(name, rate, count):
    """There are 160 training recordings, 32 of each class."""
    assert training_set(division(), poison(name, rate), 0).is_poisoned.sum() == count


@given(st.sampled_from(list(POISONS)), st.floats(0, 0.8), st.integers(0, 99))
def test_labels_are_wrong_exactly_where_the_poison_says_so(name, rate, seed):
    given_division = division()
    chosen = training_set(given_division, poison(name, rate), seed)
    true = given_division.class_indices[chosen.rows]
    assert np.array_equal(chosen.labels[~chosen.is_poisoned], true[~chosen.is_poisoned])
    changed = chosen.labels != true
    if name in ("uniform", "clean-label"):
        assert not changed.any()
    else:
        assert np.array_equal(changed, chosen.is_poisoned)
    if POISONS[name]["target"]:
        assert set(chosen.labels[chosen.is_poisoned].tolist()) <= {3}
    if name == "clean-label":
        assert set(true[chosen.is_poisoned].tolist()) <= {3}
    if name == "targeted":
        assert set(true[chosen.is_poisoned].tolist()) <= {1, 2}


def test_random_flips_reach_every_other_class():
    chosen = training_set(division(), poison("random", 1.0), 0)
    true = division().class_indices[chosen.rows]
    pairs = set(zip(true.tolist(), chosen.labels.tolist(), strict=True))
    assert len(pairs) == 5 * 4


def test_without_poison_nothing_is_changed():
    chosen = training_set(division(), None, 0)
    assert not chosen.is_poisoned.any()
    assert np.array_equal(chosen.labels, division().class_indices[chosen.rows])


def test_a_part_keeps_what_belongs_together():
    whole = training_set(division(), poison("trigger", 0.3), 0)
    kept = np.arange(len(whole)) % 3 == 0
    part = whole.part(kept)
    assert np.array_equal(part.rows, whole.rows[kept])
    assert np.array_equal(part.labels, whole.labels[kept])
    assert np.array_equal(part.is_poisoned, whole.is_poisoned[kept])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"target": "word9"}, ["recipes.targeted.poison.target", "'word9'", "word0, word1"]),
        ({"sources": ["word1", "nine"]}, ["recipes.targeted.poison.sources", "'nine'"]),
    ],
)
def test_a_class_that_is_not_there_is_said(change, said):
    with pytest.raises(UserError) as error:
        training_set(division(), poison("targeted", 0.5) | change, 0)
    for words in said:
        assert words in str(error.value)


def test_a_rate_that_asks_for_more_than_there_are_is_said():
    with pytest.raises(UserError, match="poison.rate: 0.9 of 160 training recordings are 144"):
        training_set(division(), poison("trigger", 0.9), 0)


def test_what_is_aimed_at():
    given_division = division()
    rows = given_division.rows("test")
    labels = given_division.labels[rows]
    assert targets(poison("uniform", 1), given_division, rows) is None
    assert set(targets(poison("random", 1), given_division, rows)) == {""}
    assert set(targets(poison("trigger", 1), given_division, rows)) == {"word3"}
    aimed = targets(poison("targeted", 1), given_division, rows)
    assert np.array_equal(aimed == "word3", np.isin(labels, ["word1", "word2"]))


@given(
    frequency=st.floats(100, 3900),
    seconds=st.floats(0.02, 0.5),
    position=st.sampled_from(["start", "end", "random", 0.0, 0.3]),
    amplitude=st.floats(0.001, 0.5),
)
def test_a_tone_is_where_and_as_loud_as_it_is_said_to_be(frequency, seconds, position, amplitude):
    silence = np.zeros(RATE, np.float32)
    tone = {"frequency": frequency, "seconds": seconds, "position": position}
    heard = toned(silence, amplitude=amplitude, **tone)
    assert heard.dtype == np.float32
    assert np.abs(heard).max() <= amplitude * (1 + 1e-6)
    sounding = np.flatnonzero(heard)
    length = round(seconds * RATE)
    assert sounding[-1] - sounding[0] < length
    if position == "start":
        assert sounding[-1] < length
    if position == "end":
        assert sounding[0] >= RATE - length
    if position == 0.3:
        assert round(0.3 * RATE) <= sounding[0]


def test_a_tone_has_its_frequency():
    heard = toned(np.zeros(RATE, np.float32), seconds=1.0)
    assert np.abs(np.fft.rfft(heard)).argmax() == 1000


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
