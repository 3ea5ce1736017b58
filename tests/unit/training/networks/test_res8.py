"""Res8, as table 3 of Tang and Lin (2018) has it."""

import pytest
import torch

from mishear.training.networks import Res8
from tests.unit.training.networks.training import learns, parameters


def test_number_of_parameters_is_the_papers_with_the_offsets_of_the_last_layer():
    """The paper counts 45 x 12 weights in its last layer; ours has 12 offsets as well."""
    paper = 45 * 9 + 6 * 45 * 45 * 9 + 45 * 12
    assert round(paper, -3) == 110_000
    assert parameters(Res8(12)) == paper + 12 == 110_307


@pytest.mark.parametrize("shape", [(40, 101), (64, 48), (40, 49)])
def test_it_takes_spectrograms_of_usual_shapes(shape):
    assert Res8(10)(torch.randn(2, 1, *shape)).shape == (2, 10)


def test_each_block_is_two_convolutions_beside_an_identity():
    network = Res8(3, channels=4).eval()
    inputs = torch.randn(2, 4, 5, 5)
    for block in network.blocks:
        torch.nn.init.zeros_(block.convolutions[1].weight)
        torch.testing.assert_close(block(inputs), inputs, rtol=1e-4, atol=1e-4)


def test_it_learns():
    assert learns(Res8(2, channels=4), (1, 12, 16))
