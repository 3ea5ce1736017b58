"""Channels normalised by constants."""

import pytest
import torch

from mishear.features.front_ends.normalisation import Normalisation

FEATURES = torch.randn(2, 1, 3, 5, generator=torch.Generator().manual_seed(0))


def test_each_channel_has_its_own_constants():
    normalisation = Normalisation(3, [1, 2, 3], [1, 2, 4])
    found = normalisation(FEATURES)
    for channel, (mean, std) in enumerate([(1, 1), (2, 2), (3, 4)]):
        expected = (FEATURES[:, :, channel] - mean) / std
        assert torch.allclose(found[:, :, channel], expected)
    assert torch.allclose(normalisation.inverse(found), FEATURES, atol=1e-6)
    assert normalisation.unit == "standard deviations"


def test_without_a_deviation_the_unit_stays():
    assert Normalisation(3, 2.0, None).unit is None
    assert torch.equal(Normalisation(3, 2.0, None)(FEATURES), FEATURES - 2)


def test_without_constants_nothing_is_computed():
    assert Normalisation(3, None, None)(FEATURES) is FEATURES


@pytest.mark.parametrize(
    ("mean", "std", "said"),
    [([1, 2], None, "mean has 2 values; give 1 or 3"), (None, [1, 0, 1], "std must be above 0")],
)
def test_what_does_not_fit_is_refused(mean, std, said):
    with pytest.raises(ValueError, match=said):
        Normalisation(3, mean, std)
