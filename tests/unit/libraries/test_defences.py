"""Adapters scale and describe spectrograms as each component needs it, without the libraries."""

import pytest
import torch

from mishear.core.errors import UserError
from mishear.libraries.defences import (
    ADVERTORCH,
    ART,
    Adaptation,
    AdvertorchFilter,
    ArtPreprocessor,
    LibraryDefence,
)

BOUNDS = (-80.0, 40.0)


class Noting(LibraryDefence):
    """Passes its inputs on, and notes their range."""

    def filtered(self, inputs):
        self.range = inputs.min().item(), inputs.max().item()
        return inputs.round()


def noting(**adaptation):
    return Noting(BOUNDS, "nowhere", "Nothing", Adaptation("bpda", **adaptation), {})


@pytest.fixture
def spectrograms():
    values = torch.linspace(BOUNDS[0] - 10, BOUNDS[1] + 10, 2 * 4 * 4)
    return values.view(2, 1, 4, 4)


def test_inputs_are_scaled_to_the_unit_range_where_a_component_takes_no_other(spectrograms):
    defence = noting(unit_range=True)
    after = defence.transform(spectrograms)
    assert defence.range == (0, 1)
    assert set(after.unique().tolist()) == set(BOUNDS)


def test_inputs_are_left_in_decibels_otherwise(spectrograms):
    defence = noting()
    assert torch.equal(defence.transform(spectrograms), spectrograms.round())


@pytest.mark.parametrize("adaptation", [*ART.values(), *ADVERTORCH.values()])
def test_only_an_exact_gradient_is_differentiated(adaptation, spectrograms):
    defence = Noting(BOUNDS, "nowhere", "Nothing", adaptation, {})
    inputs = spectrograms.requires_grad_()
    defence(inputs).sum().backward()
    expected = 0.0 if adaptation.gradient == "exact" else 1.0
    assert (inputs.grad == expected).all()


def test_a_component_is_told_the_bounds_where_it_takes_them():
    assert Adaptation("bpda", {"a": 1}, takes_bounds=True).describing(BOUNDS) == {
        "a": 1,
        "clip_values": BOUNDS,
    }
    assert Adaptation("bpda", {"a": 1}).describing(BOUNDS) == {"a": 1}


def test_a_library_that_is_not_installed_is_said_when_it_is_used(spectrograms):
    with pytest.raises(UserError, match="nowhere cannot be imported"):
        _ = noting().component


def test_votes_and_draws_of_a_random_preprocessor_are_those_given():
    defence = ArtPreprocessor(BOUNDS, "TotalVarMin", votes=5, gradient_samples=3)
    assert (defence.votes, defence.gradient_samples, defence.gradient) == (5, 3, "eot")
    assert AdvertorchFilter(BOUNDS, "BinaryFilter").votes == 1
