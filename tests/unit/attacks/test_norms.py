"""Norms of perturbations, and the norm an attack measures in."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mishear.attacks.building import build_attack
from mishear.attacks.norms import norm_of, norm_values, spread
from mishear.core.errors import UserError


@pytest.mark.parametrize(
    ("name", "norm"),
    [
        ("LinfPGD", "linf"),
        ("L2CarliniWagnerAttack", "l2"),
        ("EADAttack", "l1"),
        ("L0FMNAttack", "l0"),
        ("mishear.attacks.autoattack.LinfSquare", "linf"),
        ("mishear.attacks.hopskipjump.HopSkipJump", "l2"),
    ],
)
def test_attacks_state_their_norm(name, norm):
    assert norm_of(build_attack({"class": name, "params": {}})) == norm


@pytest.mark.parametrize("shape", [(3, 1, 8), (3, 1, 4, 5)])
def test_one_value_a_recording_applies_to_all_its_points(shape):
    scaled = torch.ones(shape) * spread(torch.tensor([1.0, 2.0, 3.0]), torch.ones(shape))
    assert scaled.shape == shape
    assert norm_values(scaled, "linf").tolist() == [1, 2, 3]
    assert (scaled.flatten(1).min(1).values == torch.tensor([1.0, 2.0, 3.0])).all()


def test_an_attack_without_a_norm_is_named():
    with pytest.raises(UserError, match="attacks.a.class: object does not state its norm"):
        norm_of(object(), "attacks.a")


@given(values=st.lists(st.floats(-100, 100, width=32), min_size=4, max_size=4))
def test_norms_are_those_of_each_row(values):
    rows = torch.tensor([values, [3.0, 0.0, -4.0, 0.0]]).view(2, 1, 2, 2)
    first = torch.tensor(values)
    expected = {
        "l0": (first != 0).sum(),
        "l1": first.abs().sum(),
        "l2": first.square().sum().sqrt(),
        "linf": first.abs().max(),
    }
    of_second = {"l0": 2.0, "l1": 7.0, "l2": 5.0, "linf": 4.0}
    for norm, value in expected.items():
        found = norm_values(rows, norm)
        assert float(found[0]) == pytest.approx(float(value), rel=1e-5, abs=1e-6)
        assert float(found[1]) == of_second[norm]
