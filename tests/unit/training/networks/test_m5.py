"""M5, layer by layer as table 1 of Dai et al. (2017) has it."""

import pytest
import torch

from mishear.training.networks import M5
from tests.unit.training.networks.training import learns, parameters


def test_lengths_are_those_of_the_papers_table():
    features = torch.zeros(1, 1, 32000)
    lengths = []
    for layer in M5(10).features:
        features = layer(features)
        lengths.append(features.shape[1:])
    kept = lengths[0], lengths[3], lengths[7], lengths[11], lengths[15], lengths[16]
    assert kept == ((128, 8000), (128, 2000), (128, 500), (256, 125), (512, 31), (512, 1))


def test_number_of_parameters_is_the_papers_half_a_million():
    convolutions = 128 * 80 + 128 * 128 * 3 + 256 * 128 * 3 + 512 * 256 * 3
    biases, normalisations = 128 + 128 + 256 + 512, 2 * (128 + 128 + 256 + 512)
    assert parameters(M5(10)) == convolutions + biases + normalisations + 512 * 10 + 10 == 559_114


@pytest.mark.parametrize("samples", [8000, 16000, 48000])
def test_it_takes_waveforms_of_any_usual_length(samples):
    assert M5(35, channels=8)(torch.randn(2, 1, samples)).shape == (2, 35)


def test_it_learns():
    assert learns(M5(2, channels=4, stride=16), (1, 4096))
