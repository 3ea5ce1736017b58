"""The paper's network, layer by layer."""

from torch import nn

from mishear.training.networks import PaperCNN


def test_layers_are_the_papers():
    convolutions = [layer for layer in PaperCNN(10).modules() if isinstance(layer, nn.Conv2d)]
    shapes = [
        (c.in_channels, c.out_channels, c.kernel_size, c.stride, c.padding) for c in convolutions
    ]
    assert shapes == [
        (1, 8, (5, 5), (2, 2), (2, 2)),
        (8, 16, (3, 3), (2, 2), (1, 1)),
        (16, 32, (3, 3), (2, 2), (1, 1)),
        (32, 64, (3, 3), (2, 2), (1, 1)),
    ]
    kinds = [type(layer).__name__ for layer in PaperCNN(10).features]
    assert kinds == ["Conv2d", "ReLU", "BatchNorm2d"] * 4 + ["AdaptiveAvgPool2d"]


def test_number_of_parameters():
    convolutions = 8 * 25 + 8 + 16 * 8 * 9 + 16 + 32 * 16 * 9 + 32 + 64 * 32 * 9 + 64
    normalisations = 2 * (8 + 16 + 32 + 64)
    linear = 64 * 10 + 10
    count = sum(parameter.numel() for parameter in PaperCNN(10).parameters())
    assert count == convolutions + normalisations + linear
