"""Poisons are built from the config, and held to the classes of a corpus."""

import numpy as np
import pytest

from mishear.core.errors import UserError
from mishear.poisoning.building import build_poison, check_classes, targets, unknown_classes
from mishear.poisoning.poisons import TargetedLabelFlip, UniformNoise
from tests.unit.poisoning.definitions import division, poison


def test_what_is_aimed_at():
    given_division = division()
    rows = given_division.rows("test")
    labels = given_division.labels[rows]
    assert targets(poison("uniform", 1), given_division, rows) is None
    assert set(targets(poison("random", 1), given_division, rows)) == {""}
    assert set(targets(poison("trigger", 1), given_division, rows)) == {"word3"}
    aimed = targets(poison("targeted", 1), given_division, rows)
    assert np.array_equal(aimed == "word3", np.isin(labels, ["word1", "word2"]))


def test_classes_that_are_not_there_are_named_with_their_keys():
    flip = TargetedLabelFlip(target="x", sources=["a", "y"])
    assert list(unknown_classes(flip, ["a", "b"])) == [("target", "x"), ("sources", "y")]
    with pytest.raises(UserError, match="recipes.r.poison.target: there is no class 'x'"):
        check_classes(flip, ["a", "b"], "recipes.r.poison")
    check_classes(UniformNoise(), [], "recipes.r.poison")


def test_a_poison_is_built_with_what_the_config_gives_it():
    definition = poison("trigger", 0.1) | {"amplitude": 0.5, "params": {"seconds": "0.2"}}
    built = build_poison(definition)
    assert (built.target, built.amplitude, built.seconds) == ("word3", 0.5, 0.2)
    with pytest.raises(UserError, match=r"recipes\.trigger\.poison\.params\.second: "):
        build_poison(definition | {"params": {"second": 1}})
