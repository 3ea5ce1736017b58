"""The paper's front end: shapes, units, and independence of how recordings are grouped."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mishear.features.spectrograms import spectrograms

PAPER = {"sample_rate": 48000, "n_fft": 2034, "hop_length": None, "n_mels": 64, "top_db": 80.0}


def noise(count, seed=0, samples=48000):
    return np.random.default_rng(seed).normal(0, 0.1, (count, samples)).astype(np.float32)


def test_one_second_gives_the_papers_shape():
    (result,) = spectrograms([noise(2)], PAPER)
    assert result.shape == (2, 1, 64, 48)
    assert result.dtype == np.float32


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 5), st.integers(0, 99))
def test_grouping_makes_no_difference(size, seed):
    waveforms = noise(5, seed, 6000) * np.geomspace(1e-2, 1, 5, dtype=np.float32)[:, None]
    (whole,) = spectrograms([waveforms], PAPER)
    parts = [waveforms[i : i + size] for i in range(0, 5, size)]
    assert np.allclose(np.concatenate(list(spectrograms(parts, PAPER))), whole, atol=1e-2)


def test_top_db_is_applied_to_each_recording_by_itself():
    loud_and_quiet = noise(2) * np.array([[1.0], [1e-2]], dtype=np.float32)
    loud_and_quiet[:, 24000:] = 0
    (result,) = spectrograms([loud_and_quiet], PAPER)
    for recording in result:
        assert recording.max() - recording.min() == pytest.approx(80, abs=1e-3)


def test_values_are_decibels_of_power():
    quiet, loud = (list(spectrograms([noise(1) * gain], PAPER))[0] for gain in (0.1, 1.0))
    assert np.allclose(loud - quiet, 20, atol=1e-3)
