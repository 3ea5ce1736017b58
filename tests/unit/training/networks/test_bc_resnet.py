"""BC-ResNet, as table 1 of Kim et al. (2021) has it."""

import pytest
import torch

from mishear.training.networks import BCResNet
from mishear.training.networks.bc_resnet import SubspectralNorm
from tests.unit.training.networks.training import learns, parameters


@pytest.mark.parametrize(("scale", "printed"), [(1, 9.2), (2, 27.3), (8, 321)])
def test_numbers_of_parameters_are_the_papers(scale, printed):
    assert parameters(BCResNet(12, scale=scale)) / 1000 == pytest.approx(printed, abs=0.1)


def test_bands_and_channels_are_those_of_the_papers_table():
    network = BCResNet(12)
    features = network.first(torch.randn(2, 1, 40, 101))
    shapes = [features.shape[1:3]]
    for block in network.blocks:
        features = block(features)
        shapes.append(features.shape[1:3])
    assert shapes == [(16, 20), *[(8, 20)] * 2, *[(12, 10)] * 2, *[(16, 5)] * 4, *[(20, 5)] * 4]
    assert network.last[0](features).shape == (2, 20, 1, 101)
    dilations = [block.over_time[0].dilation[1] for block in network.blocks]
    assert dilations == [1] * 2 + [2] * 2 + [4] * 4 + [8] * 4


def test_each_sub_band_is_normalised_by_itself():
    norm = SubspectralNorm(2, 2).train()
    inputs = torch.randn(8, 2, 6, 9) * torch.tensor([1, 1, 1, 50, 50, 50]).view(1, 1, 6, 1)
    parts = norm(inputs).reshape(8, 2, 2, 3, 9)
    torch.testing.assert_close(
        parts.std(dim=(0, 3, 4), correction=0), torch.ones(2, 2), rtol=1e-3, atol=1e-3
    )


@pytest.mark.parametrize(("bands", "subbands"), [(40, 5), (80, 5), (64, 4), (64, 2)])
def test_it_takes_spectrograms_of_usual_shapes(bands, subbands):
    assert BCResNet(10, subbands=subbands)(torch.randn(2, 1, bands, 48)).shape == (2, 10)


def test_bands_that_do_not_divide_are_an_error_that_says_what_to_set():
    with pytest.raises(ValueError, match="32 bands cannot be divided into 5 sub-bands; set 'subb"):
        BCResNet(10)(torch.randn(2, 1, 64, 48))


def test_it_learns():
    assert learns(BCResNet(2, dropout=0), (1, 40, 12))
