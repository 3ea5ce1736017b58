"""Spectrograms turned back to sound: near what they were, and each by itself."""

import numpy as np
import pytest

from mishear.core.tables.listening import INVERTED
from mishear.evaluation.results import Results
from mishear.features.front_ends.building import build_front_end, features
from mishear.listening.inversion import inversion_rows, inverted

pytestmark = pytest.mark.usefixtures("one_thread")

FRONT_END = {
    "class": "MelSpectrogram",
    "sample_rate": 8000,
    "params": {"n_fft": 256, "hop_length": 64, "n_mels": 16},
}
PAPER = {
    "class": "MelSpectrogram",
    "sample_rate": 16000,
    "params": {"n_fft": 678, "hop_length": 339, "n_mels": 64},
}
"""The shipped front end at a third of its rate, which is the rate of the recordings here."""
SAMPLES = 4000


@pytest.fixture(scope="module")
def clean():
    """A tone, a rising tone and noise, from silence to silence."""
    time = np.arange(SAMPLES) / 8000
    tones = [np.sin(2 * np.pi * 440 * time), np.sin(2 * np.pi * (300 + 2000 * time) * time)]
    noise = np.random.default_rng(0).uniform(-1, 1, SAMPLES)
    return (0.3 * np.hanning(SAMPLES) * [*tones, noise]).astype(np.float32)


def spectrograms_of(waveforms, front_end=FRONT_END):
    (made,) = features([waveforms], front_end)
    return made


def invert(before, front_end, samples, iterations):
    built = build_front_end(front_end)
    return np.concatenate(list(inverted(before, built, samples, iterations)))


def distance(before, after, depth=40):
    """Mean absolute difference (dB) of what lies less than ``depth`` below the loudest, each."""
    loud = before > before.max(axis=(1, 2, 3), keepdims=True) - depth
    far = np.abs(before - after)
    return [float(each[band].mean()) for each, band in zip(far, loud, strict=True)]


def test_a_tone_and_noise_come_back(clean):
    before = spectrograms_of(clean)
    sound = invert(before, FRONT_END, SAMPLES, 32)
    assert sound.shape == clean.shape
    assert sound.dtype == np.float32
    tone, rising, noise = distance(before, spectrograms_of(sound))
    # A rising tone moves through the wide bands at the top, where the inverse knows least.
    assert max(tone, noise) < 1
    assert rising < 6


def test_real_recordings_come_back(digits):
    some = digits.waveforms[::20]
    before = spectrograms_of(some, PAPER)
    sound = invert(before, PAPER, some.shape[1], 32)
    assert max(distance(before, spectrograms_of(sound, PAPER))) < 2


def test_more_iterations_bring_it_nearer(digits):
    some = digits.waveforms[::20]
    before = spectrograms_of(some, PAPER)
    one, many = (
        np.mean(distance(before, spectrograms_of(invert(before, PAPER, some.shape[1], n), PAPER)))
        for n in (1, 32)
    )
    assert many < one


def test_a_sound_does_not_depend_on_its_batch_or_on_chance(clean):
    before = spectrograms_of(clean)
    together = invert(before, FRONT_END, SAMPLES, 8)
    for row in range(len(clean)):
        alone = invert(before[row : row + 1], FRONT_END, SAMPLES, 8)
        assert np.allclose(alone[0], together[row], atol=1e-5)
    assert np.array_equal(invert(before, FRONT_END, SAMPLES, 8), together)


def test_batches_are_cut_and_joined_in_order(clean):
    before = np.tile(spectrograms_of(clean), (20, 1, 1, 1))
    parts = list(inverted(before, build_front_end(FRONT_END), SAMPLES, 1))
    assert [len(part) for part in parts] == [50, 10]
    once = invert(before[:3], FRONT_END, SAMPLES, 1)
    assert np.allclose(np.concatenate(parts), np.concatenate([once] * 20), atol=1e-5)


def test_rows_name_what_is_predicted(tmp_path):
    attacked = [
        {
            "recording": name,
            "label": label,
            "clean_prediction": label,
            "adversarial_prediction": "no",
            "snr_db": "",
        }
        for name, label in (("a", "yes"), ("b", "no"))
    ]
    classes = ["yes", "no"]
    rows = inversion_rows(Results(attacked), classes, np.array([0, 1]), np.array([1, 0]))
    INVERTED.write(rows, tmp_path / "inversions.csv")
    read = INVERTED.read(tmp_path / "inversions.csv")
    assert [tuple(row.values()) for row in read] == [
        ("a", "yes", "yes", "no", "yes", "no"),
        ("b", "no", "no", "no", "no", "yes"),
    ]
