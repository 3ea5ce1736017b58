"""Folding keeps every sample in its order."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mishear.attacks.folding import folded, unfolded


@given(st.integers(1, 5000), st.booleans())
def test_samples_are_folded_to_near_squares_and_back(samples, flat):
    inputs = torch.randn(2, 1, 1, samples)
    inputs = inputs[:, 0] if flat else inputs
    found = folded(inputs)
    rows, columns = found.shape[2:]
    assert found.shape[:2] == (2, 1) and rows <= columns <= 6 * rows
    assert torch.equal(unfolded(found, inputs), inputs)


@pytest.mark.parametrize(("samples", "shape"), [(16000, (125, 128)), (48000, (200, 240))])
def test_lengths_with_factors_are_folded_without_zeros(samples, shape):
    assert folded(torch.zeros(1, 1, samples)).shape[2:] == shape


def test_spectrograms_are_left_alone():
    inputs = torch.randn(2, 1, 8, 6)
    assert folded(inputs) is inputs
