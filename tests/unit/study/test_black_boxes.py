"""Attacks without a gradient are known by their classes."""

import pytest

from mishear.study.black_boxes import is_black_box, uses_gradient


@pytest.mark.parametrize(
    ("path", "params", "black_box", "gradient"),
    [
        ("mishear.attacks.autoattack.LinfSquare", {}, True, False),
        ("mishear.attacks.hopskipjump.HopSkipJump", {}, True, False),
        ("mishear.attacks.autoattack.LinfAutoAttack", {}, True, True),
        ("mishear.attacks.autoattack.LinfAutoAttack", {"version": "rand"}, False, True),
        ("mishear.attacks.autoattack.LinfAPGD", {}, False, True),
        ("foolbox.attacks.BoundaryAttack", {}, True, False),
        ("foolbox.attacks.boundary_attack.BoundaryAttack", {}, True, False),
        ("foolbox.attacks.LinfPGD", {}, False, True),
        ("foolbox.attacks.LinfRepeatedAdditiveUniformNoiseAttack", {}, False, False),
        ("mine.LinfSquare", {}, False, True),
    ],
)
def test_an_attack_is_told_by_its_class(path, params, black_box, gradient):
    assert is_black_box(path, params) == black_box
    assert uses_gradient(path) == gradient


def test_the_names_are_those_of_classes_that_exist():
    from foolbox import attacks

    from mishear.study.black_boxes import BLACK_BOXES

    assert all(hasattr(attacks, name) for name in BLACK_BOXES["foolbox"])
