"""A network on samples gets the samples."""

import torch

from mishear.features.front_ends import Waveform


def test_it_is_the_identity_and_so_is_its_inverse():
    waveforms = torch.randn(3, 1, 100)
    front_end = Waveform(8000)
    assert torch.equal(front_end(waveforms), waveforms)
    assert torch.equal(front_end.inverse(waveforms, 100, iterations=1), waveforms[:, 0])
    assert front_end.inverse(waveforms, 60, iterations=1).shape == (3, 60)
