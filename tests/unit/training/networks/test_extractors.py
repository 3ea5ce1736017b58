"""Our extractors give what those of transformers give, with a gradient."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import ASTFeatureExtractor, Wav2Vec2FeatureExtractor

from mishear.training.networks.extractors import build_extractor

RATE = 16000


def recordings(samples, level, offset, seed):
    """Two recordings at a level in dB below full scale, the second one half silent."""
    random = np.random.default_rng(seed)
    noise = 10 ** (level / 20) * random.standard_normal((2, samples)) + offset
    noise[1, samples // 2 :] = 0
    return noise.astype(np.float32)


def difference(theirs, waveforms, rate=RATE):
    """The largest difference between their extractor and ours of the same settings."""
    expected = theirs(list(waveforms), sampling_rate=rate, return_tensors="np")["input_values"]
    ours = build_extractor(type(theirs).__name__, theirs.to_dict())
    found = ours(torch.from_numpy(waveforms)).numpy()
    assert found.shape == expected.shape and found.dtype == np.float32
    return np.abs(found - expected).max()


levels = st.floats(-100, 0)
offsets = st.floats(-0.1, 0.1)
"""With a larger one, float32 leaves less than four digits of the quietest recordings."""

seeds = st.integers(0, 1000)


@settings(max_examples=15, deadline=None)
@given(st.integers(400, 20000), levels, offsets, seeds, st.booleans())
def test_waveforms_are_normalised_as_transformers_does(samples, level, offset, seed, normalise):
    theirs = Wav2Vec2FeatureExtractor(do_normalize=normalise)
    assert difference(theirs, recordings(samples, level, offset, seed)) < 1e-4


@settings(max_examples=15, deadline=None)
@given(st.integers(400, 20000), levels, seeds, st.sampled_from([16, 128]), st.booleans())
def test_the_filter_bank_is_that_of_transformers(samples, level, seed, bands, normalise):
    theirs = ASTFeatureExtractor(
        num_mel_bins=bands, max_length=60, do_normalize=normalise, mean=-3.0, std=2.0
    )
    assert difference(theirs, recordings(samples, level, 0, seed)) < 1e-4


@pytest.mark.parametrize("rate", [8000, 22050, 44100])
def test_frames_follow_the_sampling_rate(rate):
    theirs = ASTFeatureExtractor(sampling_rate=rate)
    assert difference(theirs, recordings(rate, -20, 0, 0), rate) < 1e-4


def test_the_defaults_are_those_of_transformers():
    expected = ASTFeatureExtractor()(recordings(RATE, -20, 0, 0)[0], sampling_rate=RATE)
    ours = build_extractor("ASTFeatureExtractor", {})
    found = ours(torch.from_numpy(recordings(RATE, -20, 0, 0)[:1]))
    np.testing.assert_allclose(found.numpy(), expected["input_values"], atol=1e-4)


@pytest.mark.parametrize("name", ["Wav2Vec2FeatureExtractor", "ASTFeatureExtractor"])
def test_the_gradient_is_that_of_finite_differences_and_finite_in_silence(name):
    extractor = build_extractor(name, {"max_length": 8}).double()
    waveforms = torch.from_numpy(recordings(800, -20, 0, 3)[:1]).double().requires_grad_()
    assert torch.autograd.gradcheck(extractor, waveforms, fast_mode=True)
    silence = torch.zeros(1, 800, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(extractor(silence).sum(), silence)
    assert gradient.isfinite().all()


def test_a_recording_shorter_than_a_frame_is_refused():
    with pytest.raises(ValueError, match="100 samples is shorter than a frame of 400"):
        build_extractor("ASTFeatureExtractor", {})(torch.zeros(1, 100))
