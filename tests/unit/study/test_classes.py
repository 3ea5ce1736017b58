"""The classes whose code a job depends on."""

import pytest

from mishear.core.plugins import FAMILIES
from mishear.study import classes
from tests.unit.study.configs import NOISE, PLAIN, VICTIM, config

DEFENCES = {
    "median": {"class": "MedianSmoothing"},
    "mine": {"class": "my_defences.Mine"},
    "both": {"chain": ["mine", "median"]},
}
MEDIAN = FAMILIES["defences"].path("MedianSmoothing")


@pytest.mark.parametrize(
    ("defence", "expected"),
    [
        ("none", []),
        ("median", [MEDIAN]),
        ("both", ["my_defences.Mine", MEDIAN]),
        ("both@standard", ["my_defences.Mine", MEDIAN]),
    ],
)
def test_each_defence_of_a_chain_counts(defence, expected):
    found = config(PLAIN, defences=DEFENCES)
    assert classes.defence_classes(found, VICTIM | {"defence": defence}) == expected


def test_a_class_without_a_dot_is_in_the_familys_home():
    assert classes.attack_class(config(), {"attack": "pgd"}) == ["foolbox.attacks.LinfPGD"]
    (network,) = classes.network_class(config(), VICTIM)
    assert network.endswith(".PaperCNN") and network.startswith("mishear.")


def test_a_poison_is_found_by_its_recipe_its_attack_or_its_training():
    found = config(PLAIN | {"noise": {"poison": NOISE}})
    expected = [FAMILIES["poisons"].path("UniformNoise")]
    assert classes.poison_class(found, {"poison": "noise"}) == expected
    assert classes.poison_class(found, VICTIM | {"attack": "noise"}) == expected
    assert classes.poison_class(found, {"recipe": "noise-amplitude0.01-rate1"}) == expected
    assert classes.poison_class(found, VICTIM) == []


def test_adapters_to_other_libraries_are_told_by_where_they_are():
    assert classes.is_library("mishear.libraries.defences.ArtPreprocessor")
    assert not classes.is_library(MEDIAN)
    assert not classes.is_library("my_defences.Mine")
