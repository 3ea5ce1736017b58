"""Every recording becomes a waveform of the front end's rate and length, nothing cut off."""

import math

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchmetrics.functional.audio import (
    scale_invariant_signal_distortion_ratio,
    signal_noise_ratio,
)

from mishear.core.errors import UserError
from mishear.corpora.decoding import decode
from mishear.features.waveforms import (
    Ratios,
    active_speech,
    add_uniform_noise,
    place,
    read_mono,
    resampler,
    scale_invariant_ratio,
    signal_to_noise_ratio,
)

FRONT_END = {
    "sample_rate": 1000,
    "seconds": 1.0,
    "leading_zeros": 1.0,
    "max_shift": 0.1,
    "seed": 0,
}


@given(st.integers(1, 1500), st.text("abc", min_size=1), st.floats(0, 1), st.floats(0, 1))
def test_placing_keeps_all_speech_that_fits(length, name, leading_zeros, max_shift):
    speech = np.arange(1, length + 1, dtype=np.float32)
    front_end = {**FRONT_END, "leading_zeros": leading_zeros, "max_shift": max_shift}
    placed = place(speech, name, front_end)
    assert placed.shape == (1000,)
    assert placed.dtype == np.float32
    assert np.array_equal(placed[placed != 0], speech[:1000])


def test_placement_depends_on_content_and_seed_alone():
    speech = np.ones(300, dtype=np.float32)
    first = place(speech, "a1b2", FRONT_END)
    assert np.array_equal(first, place(speech, "a1b2", FRONT_END))
    assert not np.array_equal(first, place(speech, "c3d4", FRONT_END))
    assert not np.array_equal(first, place(speech, "a1b2", {**FRONT_END, "seed": 1}))


def test_without_leading_zeros_and_shift_speech_comes_first():
    placed = place(np.ones(300, np.float32), "a", {**FRONT_END, "leading_zeros": 0, "max_shift": 0})
    assert placed[:300].all()
    assert not placed[300:].any()


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000])
def test_a_tone_keeps_its_frequency_and_level_when_resampled(tmp_path, rate):
    time = np.arange(rate) / rate
    stereo = np.stack([0.6 * np.sin(2 * np.pi * 440 * time)] * 2, axis=1)
    soundfile.write(tmp_path / "tone.wav", stereo, rate)
    content = decode(tmp_path / "tone.wav", None).content
    mono = read_mono(tmp_path / "tone.wav", 48000, content)
    assert mono.dtype == np.float32
    assert len(mono) == 48000
    spectrum = np.abs(np.fft.rfft(mono))
    assert np.argmax(spectrum) == 440
    assert spectrum[440] / 24000 == pytest.approx(0.6, rel=0.01)


def test_of_hours_only_what_is_needed_is_kept_and_it_is_the_same(tmp_path, monkeypatch):
    random = np.random.default_rng(0)
    path = tmp_path / "long.wav"
    soundfile.write(path, random.normal(0, 0.1, (300_000, 2)), 2000)
    content = decode(path, None).content
    whole = read_mono(path, 3000, content)
    assert np.array_equal(whole, read_mono(path, 3000, content, seconds=80))
    monkeypatch.setattr("mishear.features.waveforms.REST", 1)
    part = read_mono(path, 3000, content, seconds=1)
    assert 3000 < len(part) < len(whole)
    assert np.allclose(part[:3000], whole[:3000], atol=1e-6)


def test_a_recording_that_vanished_is_named(tmp_path):
    with pytest.raises(UserError, match="gone.wav: cannot be read, although the index lists it"):
        read_mono(tmp_path / "gone.wav", 48000, "c")


def test_a_recording_that_was_replaced_is_named(tmp_path):
    path = tmp_path / "word.wav"
    soundfile.write(path, np.linspace(-0.5, 0.5, 3000), 8000)
    indexed = decode(path, None).content
    soundfile.write(path, np.linspace(0.5, -0.5, 3000), 8000)
    with pytest.raises(UserError, match="word.wav is not what the index lists"):
        read_mono(path, 8000, indexed)


@given(st.sampled_from([0.001, 0.1, 1.0]), st.integers(0, 50))
def test_noise_is_within_its_amplitude_and_the_ratio_is_its_power(amplitude, seed):
    clean = np.zeros(4000, dtype=np.float32)
    clean[1000:3000] = np.sin(np.arange(1, 2001) * 0.3).astype(np.float32)
    noisy = add_uniform_noise(clean, "a", amplitude, seed)
    added = noisy.astype(np.float64) - clean
    assert added.min() >= -1e-6
    assert added.max() <= amplitude + 1e-6
    # The mean square of U[0, a) is a^2 / 3.
    expected = 10 * math.log10(0.5 / (amplitude**2 / 3))
    assert signal_to_noise_ratio(clean, noisy) == pytest.approx(expected, abs=0.6)


def test_ratio_at_the_limits():
    speech = np.ones(10, dtype=np.float32)
    assert signal_to_noise_ratio(speech, speech) == math.inf
    assert signal_to_noise_ratio(np.zeros(10), speech) == -math.inf


def word(samples=400):
    """Two harmonics that swell and fade, with a mean that is not 0."""
    time = np.arange(1, samples + 1)
    swell = np.sin(np.pi * time / (samples + 1))
    return (swell * (0.2 * np.sin(0.3 * time) + 0.1 * np.cos(0.7 * time) + 0.02)).astype(np.float32)


def with_hiss(clean, amplitude, seed=0):
    hiss = np.random.default_rng(seed).standard_normal(clean.shape, dtype=np.float32)
    return clean + np.float32(amplitude) * hiss


@settings(max_examples=30)
@given(st.floats(1e-4, 1), st.integers(0, 99), st.integers(0, 500), st.integers(0, 500))
def test_ratios_are_those_of_torchmetrics(amplitude, seed, before, after):
    clean = np.pad(word(), (before, after))
    changed = with_hiss(clean, amplitude, seed)
    speech = active_speech(clean)
    pair = [torch.from_numpy(np.float64(each[speech])) for each in (changed, clean)]
    found = Ratios.of(clean, changed)
    assert found.snr_db == pytest.approx(float(signal_noise_ratio(*pair)), abs=1e-6)
    expected = float(scale_invariant_signal_distortion_ratio(*pair, zero_mean=True))
    assert found.si_sdr_db == pytest.approx(expected, abs=1e-6)


def test_scale_invariant_ratio_where_nothing_is_left_or_was_there():
    clean = word()
    assert scale_invariant_ratio(clean, clean) == math.inf
    assert scale_invariant_ratio(clean, np.zeros_like(clean)) == -math.inf
    constant = np.pad(np.full(100, 0.5, np.float32), 10)
    assert scale_invariant_ratio(constant, constant + 0.1 * np.float32(np.arange(120))) is None
    silence = np.zeros(100, np.float32)
    assert scale_invariant_ratio(silence, silence) is None
    assert scale_invariant_ratio(silence, with_hiss(silence, 0.1)) is None


@given(st.floats(0.01, 10), st.floats(-0.5, 0.5))
def test_loudness_and_offset_do_not_change_the_scale_invariant_ratio(scale, offset):
    clean = np.float64(word())
    changed = np.float64(with_hiss(word(), 0.02))
    expected = scale_invariant_ratio(clean, changed)
    found = scale_invariant_ratio(clean, scale * changed + offset)
    assert found == pytest.approx(expected, abs=1e-3)


@given(st.sampled_from([0.01, 0.1]), st.integers(0, 50))
def test_the_offset_of_one_sided_noise_is_noise_to_the_snr_alone(amplitude, seed):
    """U[0, a) has the power a^2 / 3, of which a^2 / 4 is its offset and a^2 / 12 is heard."""
    clean = word(8000)
    clean -= clean.mean()
    ratios = Ratios.of(clean, add_uniform_noise(clean, "a", amplitude, seed))
    assert ratios.si_sdr_db - ratios.snr_db == pytest.approx(10 * math.log10(4), abs=0.3)


def test_noise_depends_on_name_and_seed_alone():
    silence = np.zeros(300, dtype=np.float32)
    first = add_uniform_noise(silence, "a1b2", 0.1, 0)
    assert np.array_equal(first, add_uniform_noise(silence, "a1b2", 0.1, 0))
    assert not np.array_equal(first, add_uniform_noise(silence, "c3d4", 0.1, 0))
    assert not np.array_equal(first, add_uniform_noise(silence, "a1b2", 0.1, 1))


@pytest.mark.parametrize(("leading_zeros", "ends"), [(0, 100), (0.5, 450)])
def test_speech_starts_after_its_share_of_zeros_and_is_shifted_either_way(leading_zeros, ends):
    """700 of 1,000 samples are free; the shift is up to 100 to either side."""
    front_end = {**FRONT_END, "leading_zeros": leading_zeros}
    placed = [place(np.ones(300, np.float32), str(number), front_end) for number in range(2000)]
    starts = np.array([waveform.argmax() for waveform in placed])
    assert 0 == starts.min() < ends * 0.9 < starts.max() <= ends
    # A start before the first sample becomes the first: half of the shifts where no zeros are.
    unclipped = np.add.outer(np.linspace(0, 700 * leading_zeros, 99), np.linspace(-100, 100, 99))
    assert starts.mean() == pytest.approx(unclipped.clip(0).mean(), rel=0.06)


@given(rate=st.integers(2000, 768_000), target=st.sampled_from([8000, 16000, 44100, 48000]))
@settings(max_examples=30, deadline=None)
def test_any_rate_is_resampled_with_a_small_filter(rate, target):
    found = resampler.__wrapped__(rate, target)
    assert abs(found.orig_freq / found.new_freq / (rate / target) - 1) < 5.1e-4
    filter_ = getattr(found, "kernel", None)
    assert filter_ is None or filter_.numel() < 2e7


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100])
def test_common_rates_are_resampled_exactly(rate):
    found = resampler(rate, 48000)
    assert found.orig_freq * 48000 == found.new_freq * rate
