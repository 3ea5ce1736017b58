"""Measures of quality agree with those they wrap, rank noise, and say where they cannot judge."""

import math
import sys

import numpy as np
import pystoi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.core.flac import STEPS
from mishear.core.tables.listening import QUALITY
from mishear.features.waveforms import active_speech, signal_to_noise_ratio
from mishear.listening.quality import (
    clipped_share,
    intelligibility,
    measure_quality,
    perceptual_quality,
)

pytestmark = pytest.mark.usefixtures("one_thread")

RATE = 16000
NOT_KNOWN = 1e-5
"""What pystoi gives for recordings it knows nothing of."""


TOO_SHORT = (
    "Not enough STFT frames to compute intermediate intelligibility measure after removing silent "
    "frames"
)


def voiced(seconds=1.0, pitch=120.0):
    """Harmonics of a wavering pitch, four syllables a second, silence around."""
    time = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(pitch + 20 * np.sin(4 * np.pi * time)) / RATE
    harmonics = sum(np.sin(number * phase) / number for number in range(1, 20))
    syllables = 0.55 - 0.45 * np.cos(8 * np.pi * time)
    return np.pad(0.1 * harmonics * syllables, RATE // 4).astype(np.float32)


def noisy(clean, amplitude, seed=0):
    noise = np.random.default_rng(seed).standard_normal(clean.shape, dtype=np.float32)
    return clean + np.float32(amplitude) * noise


def measured(clean, changed):
    (row,) = measure_quality(clean[None], changed[None], RATE, ["a.wav"], ["one"])
    return row


def test_what_is_unchanged_is_perfect():
    row = measured(voiced(), voiced())
    assert set(row) == set(QUALITY.names)
    assert (row["recording"], row["label"], row["note"], row["clipped"]) == ("a.wav", "one", "", 0)
    assert row["snr_db"] == row["si_sdr_db"] == math.inf
    assert row["pesq"] == pytest.approx(4.64, abs=0.01)
    assert row["stoi"] == pytest.approx(1, abs=1e-6)


def test_a_change_of_the_silence_alone_leaves_the_speech_perfect():
    clean = voiced()
    changed = clean.copy()
    changed[:1000] += 0.01
    row = measured(clean, changed)
    assert row["snr_db"] == row["si_sdr_db"] == math.inf


def test_quality_falls_as_noise_rises(digits):
    """On the mean over real recordings of five digits."""
    clean, labels = digits.waveforms[::20], digits.labels[::20]
    falling = {key: [] for key in ("snr_db", "si_sdr_db", "pesq", "stoi")}
    for amplitude in (1e-3, 1e-2, 1e-1):
        changed = noisy(clean, amplitude)
        rows = list(measure_quality(clean, changed, digits.rate, labels, labels))
        for key, values in falling.items():
            values.append(np.mean([row[key] for row in rows if row[key] is not None]))
    for key, values in falling.items():
        assert values == sorted(values, reverse=True), key
        assert values[0] > values[-1], key


@pytest.mark.parametrize("seconds", [0.15, 0.2, 0.3])
def test_short_words_are_as_intelligible_as_long_ones(seconds):
    """Of less than 384 ms plain STOI knows nothing."""
    clean = voiced(seconds)
    changed = noisy(clean, 0.02)
    with pytest.warns(RuntimeWarning, match="Not enough STFT frames"):
        assert pystoi.stoi(clean, changed, RATE) == NOT_KNOWN
    long = voiced(2.0)
    expected, _ = intelligibility(long, noisy(long, 0.02), RATE)
    found, note = intelligibility(clean, changed, RATE)
    assert (found, note) == (pytest.approx(expected, abs=0.1), "")


@pytest.mark.parametrize(("seconds", "tolerance"), [(1.0, 0.01), (2.0, 1e-6), (3.0, 1e-6)])
def test_long_recordings_have_the_stoi_of_pystoi(seconds, tolerance):
    clean = voiced(seconds)
    changed = noisy(clean, 0.02)
    speech = active_speech(clean)
    plain = pystoi.stoi(clean[speech], changed[speech], RATE)
    assert intelligibility(clean, changed, RATE) == (pytest.approx(plain, abs=tolerance), "")


def test_a_silent_recording_has_a_note_and_no_numbers():
    silence = np.zeros(RATE, np.float32)
    row = measured(silence, noisy(silence, 0.1))
    assert set(row) == set(QUALITY.names)
    assert [row[key] for key in ("snr_db", "si_sdr_db", "pesq", "stoi")] == [None] * 4
    assert row["note"] == "the clean recording is silent"


def test_a_recording_that_pesq_refuses_has_a_note_and_the_other_numbers():
    clean = voiced()[RATE // 2 :][: RATE // 5]
    row = measured(clean, noisy(clean, 0.01))
    assert row["pesq"] is None
    assert row["note"] == "PESQ: Buffer needs to be at least 1/4 of a second long"
    assert row["snr_db"] > 0 and row["si_sdr_db"] > 0 and row["stoi"] > 0.5


def test_a_recording_that_stoi_cannot_judge_has_a_note_and_the_other_numbers():
    """A short word in a second of faint hiss: without its silent frames too little is left."""
    clean = np.zeros(RATE, np.float32)
    clean[:2000] = voiced()[RATE // 2 :][:2000]
    clean = noisy(clean, 1e-6)
    row = measured(clean, noisy(clean, 0.01, seed=1))
    assert row["stoi"] is None
    assert row["note"].endswith("STOI: " + TOO_SHORT)
    assert math.isfinite(row["snr_db"]) and math.isfinite(row["si_sdr_db"])


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
def test_pesq_is_measured_at_its_own_rate(rate):
    clean = np.interp(np.arange(1.5 * rate) / rate, np.arange(1.5 * RATE) / RATE, voiced())
    score, note = perceptual_quality(clean, clean, rate)
    assert (score, note) == (pytest.approx(4.64, abs=0.01), "")


@given(st.integers(0, 50), st.integers(0, 50))
def test_samples_at_full_scale_are_counted(high, low):
    waveform = np.concatenate([np.full(high, 1.2), np.full(low, -1.0), np.zeros(100)])
    assert clipped_share(waveform) == pytest.approx((high + low) / (high + low + 100))
    assert clipped_share(waveform.clip(-1, 1 - 1 / STEPS)) == clipped_share(waveform)


def test_written_rows_have_empty_cells_for_what_is_not_known(tmp_path):
    clean = np.stack([voiced(), np.zeros_like(voiced())])
    rows = measure_quality(clean, noisy(clean, 0.01), RATE, ["a", "b"], ["one", "two"])
    QUALITY.write(rows, tmp_path / "quality.csv")
    first, second = QUALITY.read(tmp_path / "quality.csv")
    assert first["snr_db"] == pytest.approx(signal_to_noise_ratio(*pair_of(clean)), rel=1e-5)
    assert (second["snr_db"], second["pesq"], second["clipped"]) == (None, None, 0)


def pair_of(clean):
    return clean[0], noisy(clean, 0.01)[0]


@pytest.mark.parametrize("package", ["pesq", "pystoi"])
def test_a_package_that_is_not_installed_is_named(monkeypatch, package):
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UserError, match=rf"needs the package '{package}'.*mishear\[listening\]"):
        measured(voiced(), noisy(voiced(), 0.01))
