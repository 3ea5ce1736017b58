"""Defences keep the form of spectrograms, and an attacker's gradient is what each states."""

import pytest
import torch
from hypothesis import given, settings

from mishear.defences.filters import FeatureSqueezing, JpegCompression, MedianSmoothing
from tests.unit.defences.examples import ANY, BATCHES, BOUNDS, DETERMINISTIC, SLACK, Folded


@given(ANY, BATCHES)
@settings(max_examples=100)
def test_what_comes_out_is_a_spectrogram(defence, spectrograms):
    before = spectrograms.clone()
    filtered = defence(spectrograms)
    assert torch.equal(spectrograms, before)
    assert filtered.shape == spectrograms.shape
    assert filtered.dtype == torch.float32
    assert filtered.isfinite().all()
    assert not filtered.requires_grad


@pytest.mark.parametrize(
    "defence",
    [FeatureSqueezing(BOUNDS, 4), JpegCompression(BOUNDS, 50), Folded(BOUNDS)],
    ids=lambda defence: type(defence).__name__,
)
def test_each_surrogates_gradient_goes_with_the_true_value(defence, batch):
    assert defence.gradient == "bpda"
    for route, surrogate in enumerate(defence.surrogates().values()):
        assert_gradient_of(defence.routed(route), surrogate, batch)


def assert_gradient_of(defence, surrogate, batch):
    weights = torch.randn(batch.shape, generator=torch.Generator().manual_seed(2))
    one, other = batch.clone().requires_grad_(), batch.clone().requires_grad_()
    (defence(one) * weights).sum().backward()
    (surrogate(other) * weights).sum().backward()
    assert torch.equal(one.grad, other.grad)
    assert other.grad.abs().max() > 0
    true = torch.autograd.functional.jvp(defence.transform, batch, weights)[1]
    assert true.abs().max() == 0, "it has a gradient of its own: it needs no surrogate"


def test_a_route_beyond_the_last_surrogate_is_the_last():
    jpeg = JpegCompression(BOUNDS, 50)
    assert [jpeg.routed(route).route for route in range(4)] == [0, 1, 1, 1]
    assert jpeg.route == 0, "the defence itself is left as it was"
    assert MedianSmoothing(BOUNDS).routed(3).route == 0


def test_a_random_defence_has_four_gradient_draws_unless_it_says_otherwise():
    assert Folded(BOUNDS).gradient_samples == 4


@given(DETERMINISTIC, BATCHES)
@settings(max_examples=50)
def test_asking_for_a_gradient_does_not_change_what_is_filtered(defence, spectrograms):
    with torch.no_grad():
        expected = defence(spectrograms)
    filtered = defence(spectrograms.clone().requires_grad_())
    assert (filtered - expected).abs().max() <= SLACK
