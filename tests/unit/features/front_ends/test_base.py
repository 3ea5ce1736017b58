"""A front end of one's own may leave out what it does not know."""

import math

import torch

from mishear.features.front_ends.base import FrontEnd
from mishear.features.front_ends.building import can_be_inverted


class Doubled(FrontEnd):
    def forward(self, waveforms):
        return 2 * waveforms


def test_what_is_not_stated_is_unknown():
    assert Doubled().unit == ""
    assert Doubled().range == (-math.inf, math.inf)
    assert not can_be_inverted(Doubled)
    assert torch.equal(Doubled()(torch.ones(1, 1, 3)), torch.full((1, 1, 3), 2.0))
