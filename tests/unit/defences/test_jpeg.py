"""The differentiable JPEG is Pillow's JPEG, with a gradient."""

import pytest
import torch
from torch.nn import functional

from mishear.defences.filters import JpegCompression
from mishear.defences.jpeg import differentiable_jpeg, quantisation_table, soft_round

GREY = (0.0, 255.0)


def images(height=24, width=29):
    generator = torch.Generator().manual_seed(0)
    coarse = 255 * torch.rand(4, 1, 7, 8, generator=generator)
    return functional.interpolate(coarse, size=(height, width), mode="bilinear").round()


@pytest.mark.parametrize("quality", [10, 50, 90])
def test_with_hard_rounding_it_is_pillows(quality):
    """But for blocks in which a coefficient lies where the codec's integers round another way."""
    grey = images()
    stored = JpegCompression(GREY, quality).transform(grey)
    ours = differentiable_jpeg(grey.double(), quality, torch.round).clamp(*GREY)
    assert ours.shape == grey.shape, "sides that are no multiple of 8 included"
    differences = (ours - stored).abs()
    assert (differences <= 2).float().mean() > 0.95
    assert differences.mean() < 0.6 < (stored - grey).abs().mean()


def test_the_table_is_that_of_the_quality():
    assert quantisation_table(50)[:3] == (16, 11, 10)
    assert sum(quantisation_table(10)) > sum(quantisation_table(50)) > sum(quantisation_table(90))


def test_soft_rounding_is_exact_at_whole_numbers_and_has_a_gradient_elsewhere():
    values = torch.tensor([0.0, 0.25, -1.5, 3.0, 2.9], requires_grad=True)
    rounded = soft_round(values)
    assert torch.allclose(rounded, torch.tensor([0.0, 0.015625, -1.875, 3.0, 2.999]), atol=1e-5)
    rounded.sum().backward()
    assert torch.allclose(values.grad, 3 * (values.detach() - values.detach().round()) ** 2)


def test_its_gradient_differs_from_the_identitys():
    grey = images().requires_grad_()
    weights = torch.randn(grey.shape, generator=torch.Generator().manual_seed(1))
    (differentiable_jpeg(grey, 50) * weights).sum().backward()
    assert grey.grad.abs().max() > 0
    assert not torch.allclose(grey.grad, weights, atol=0.1)
