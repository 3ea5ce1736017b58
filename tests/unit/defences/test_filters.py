"""Filters do what their papers and other implementations of them do."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch import nn

from mishear.core.errors import UserError
from mishear.defences.filters import (
    AverageSmoothing,
    FeatureSqueezing,
    JpegCompression,
    MedianSmoothing,
    TotalVariation,
)
from tests.unit.defences.examples import (
    BATCHES,
    BOUNDS,
    DECIBELS,
    DEFENCES,
    HIGH,
    LOW,
    SHAPE,
    SIZES,
    SLACK,
    SMOOTHERS,
)


def variation(spectrograms):
    down, right = (spectrograms.double().diff(dim=axis) for axis in (-2, -1))
    down, right = nn.functional.pad(down, [0, 0, 0, 1]), nn.functional.pad(right, [0, 1])
    return (down.square() + right.square()).sqrt().sum((1, 2, 3))


@given(st.one_of(SMOOTHERS, DEFENCES[FeatureSqueezing], DEFENCES[JpegCompression]), BATCHES)
@settings(max_examples=100)
def test_nothing_leaves_the_bounds(defence, spectrograms):
    filtered = defence(spectrograms)
    assert filtered.min() >= LOW - SLACK
    assert filtered.max() <= HIGH + SLACK


@pytest.mark.parametrize(
    ("defence", "expected"),
    [
        (MedianSmoothing((-1, 1)), [0.0, 0.0, 0.0, 0.3, 0.5, 0.5]),
        (AverageSmoothing((-1, 1)), [0.0, 0.1, 0.1, 0.1 + 0.5 / 3, 1 / 3, 0.5]),
        (FeatureSqueezing((-1, 1), bits=1), [1.0, 1.0, 1.0, 1.0, 1.0, 1.0]),
    ],
)
def test_waveforms_are_filtered_along_time(defence, expected):
    waveform = torch.tensor([[[0.0, 0.0, 0.3, 0.0, 0.5, 0.5]]])
    if isinstance(defence, FeatureSqueezing):
        waveform = waveform + 0.1
    assert torch.allclose(defence(waveform)[0, 0], torch.tensor(expected))


def test_total_variation_of_a_waveform_is_that_of_its_samples():
    noisy = torch.randn(2, 1, 200, generator=torch.Generator().manual_seed(0)) / 10
    smooth = TotalVariation((-1, 1), weight=0.1)(noisy)
    assert smooth.shape == noisy.shape
    assert (smooth.diff().abs().sum(-1) < 0.5 * noisy.diff().abs().sum(-1)).all()


def test_a_waveform_is_no_image():
    with pytest.raises(UserError, match="JPEG compresses images"):
        JpegCompression((-1, 1))(torch.zeros(1, 1, 100))


@given(st.one_of(SMOOTHERS, DEFENCES[TotalVariation]), DECIBELS)
@settings(max_examples=50)
def test_silence_of_one_level_is_left_as_it_is(defence, level):
    spectrograms = torch.full(SHAPE, level)
    assert (defence(spectrograms) - spectrograms).abs().max() <= SLACK


@given(SMOOTHERS, BATCHES)
@settings(max_examples=50)
def test_smoothing_stays_within_its_square(defence, spectrograms):
    reach = defence.size // 2
    padded = nn.functional.pad(spectrograms, [reach] * 4, mode="reflect")
    highest = nn.functional.max_pool2d(padded, defence.size, stride=1)
    lowest = -nn.functional.max_pool2d(-padded, defence.size, stride=1)
    filtered = defence(spectrograms)
    assert (filtered <= highest + SLACK).all()
    assert (filtered >= lowest - SLACK).all()


@given(BATCHES, SIZES)
@settings(max_examples=25)
def test_median_and_average_are_those_of_scipy(spectrograms, size):
    from scipy import ndimage

    images = spectrograms[:, 0].numpy()
    for defence, their in (
        (MedianSmoothing, ndimage.median_filter),
        (AverageSmoothing, ndimage.uniform_filter),
    ):
        expected = np.stack([their(image, size, mode="mirror") for image in images])
        assert np.allclose(defence(BOUNDS, size)(spectrograms)[:, 0], expected, atol=1e-4)


@given(
    st.integers(1, 16),
    arrays(np.float32, SHAPE, elements=st.floats(LOW - 40, HIGH + 40, width=32)),
)
@settings(max_examples=50)
def test_squeezing_leaves_few_levels_and_moves_a_point_by_half_a_step(bits, values):
    defence = FeatureSqueezing(BOUNDS, bits)
    spectrograms = torch.from_numpy(values)
    filtered = defence(spectrograms)
    with torch.inference_mode():
        assert torch.equal(filtered, defence(spectrograms))
    assert len(filtered.unique()) <= 2**bits
    assert filtered.min() >= LOW and filtered.max() <= HIGH
    at_the_ends = defence(torch.tensor([LOW - 1, LOW, HIGH, HIGH + 1]))
    assert at_the_ends.tolist() == [LOW, LOW, HIGH, HIGH]
    half = (HIGH - LOW) / (2**bits - 1) / 2
    assert (filtered - spectrograms.clamp(LOW, HIGH)).abs().max() <= half + SLACK
    assert torch.equal(defence(filtered), filtered)


@given(BATCHES, st.integers(1, 95))
@settings(max_examples=50)
def test_jpeg_moves_points_by_no_more_than_its_table_rounds(spectrograms, quality):
    """The transform is orthogonal, so errors of coefficients are those of points."""
    import io

    from PIL import Image

    with io.BytesIO() as file:
        Image.new("L", (8, 8)).save(file, format="JPEG", quality=quality)
        table = np.array(Image.open(file).quantization[0])
    filtered = JpegCompression(BOUNDS, quality)(spectrograms)
    moved = (filtered - spectrograms).square().mean((1, 2, 3)).sqrt() / ((HIGH - LOW) / 255)
    # Half a step in each coefficient, and half a grey level on the way there and back.
    assert moved.max() <= np.sqrt((np.square(table / 2)).mean()) + 1.5


def test_jpeg_of_high_quality_moves_little(batch):
    smooth = AverageSmoothing(BOUNDS, 7)(batch)
    moved = {
        quality: (JpegCompression(BOUNDS, quality)(smooth) - smooth).abs().mean().item()
        for quality in (10, 95)
    }
    assert moved[95] < 0.5 < moved[10]


@given(DEFENCES[TotalVariation], BATCHES)
@settings(max_examples=50)
def test_total_variation_is_lowered(defence, spectrograms):
    filtered = defence(spectrograms)
    assert (variation(filtered) <= variation(spectrograms) + SLACK * filtered[0].numel()).all()


def test_total_variation_reaches_the_minimum(batch):
    """Against gradient descent on what it minimises."""
    weight, spectrograms = 3.0, batch[:1, :, :8, :8].double()
    filtered = TotalVariation(BOUNDS, weight, iterations=400)(spectrograms)
    found = spectrograms.clone().requires_grad_()

    def cost(values):
        down, right = (values.diff(dim=axis) for axis in (-2, -1))
        down, right = nn.functional.pad(down, [0, 0, 0, 1]), nn.functional.pad(right, [0, 1])
        length = (down.square() + right.square() + 1e-6).sqrt().sum()
        return (values - spectrograms).square().sum() / 2 + weight * length

    optimiser = torch.optim.LBFGS([found], max_iter=200, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = cost(found)
        loss.backward()
        return loss

    optimiser.step(closure)
    assert cost(filtered) <= cost(found) * 1.001


def test_more_weight_is_smoother(batch):
    smoothed = [variation(TotalVariation(BOUNDS, weight)(batch)).mean() for weight in (1, 5, 20)]
    assert smoothed == sorted(smoothed, reverse=True)
    assert smoothed[-1] < smoothed[0] < variation(batch).mean()


@pytest.mark.parametrize(
    "defence",
    [
        MedianSmoothing(BOUNDS),
        AverageSmoothing(BOUNDS, 5),
        TotalVariation(BOUNDS, 3.0, iterations=10),
    ],
    ids=lambda defence: type(defence).__name__,
)
def test_an_exact_gradient_is_that_of_finite_differences(defence):
    assert defence.gradient == "exact"
    generator = torch.Generator().manual_seed(1)
    inputs = (30 * torch.randn(1, 1, 6, 5, generator=generator)).double().requires_grad_()
    assert torch.autograd.gradcheck(defence, inputs, eps=1e-5, atol=1e-5)


def test_a_square_larger_than_the_spectrogram_is_said(batch):
    for defence in (MedianSmoothing(BOUNDS, 33), AverageSmoothing(BOUNDS, 33)):
        with pytest.raises(UserError, match="size is 33.*16 x 16"):
            defence(batch)
