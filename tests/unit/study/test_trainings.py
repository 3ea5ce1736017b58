"""Which trainings a recipe stands for, what they are called and what they depend on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.config.recipes import Recipe
from mishear.core.errors import UserError
from mishear.study.paths import number_name
from mishear.study.trainings import (
    TRAINED,
    all_trainings,
    check_names,
    counterparts,
    recipe_of,
    reference_training,
    reference_trainings,
    study_trainings,
    training_settings,
    trainings,
    trainings_of,
)
from tests.unit.study.configs import RECIPES, config, mixed

SIZES = st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=4, unique_by=number_name)


def names(recipe):
    return [training.name for training in trainings("x", Recipe(**recipe))]


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        ({}, ["x"]),
        ({"adversarial": {"eps": [0.25, 2]}}, ["x-eps0.25", "x-eps2"]),
        ({"noise": {"sigma": ["3", 1e-3]}}, ["x-sigma3", "x-sigma0.001"]),
        (
            {"adversarial": {"eps": [0.5, 1]}, "noise": {"sigma": [1, 3]}},
            ["x-eps0.5-sigma1", "x-eps0.5-sigma3", "x-eps1-sigma1", "x-eps1-sigma3"],
        ),
        (RECIPES["both"], [f"x-amplitude{a}-rate0.5-eps0.5-sigma1" for a in ("0.01", "0.1")]),
    ],
)
def test_sweeps_have_readable_names(recipe, expected):
    assert names(recipe) == expected


@given(SIZES, SIZES)
def test_every_training_of_a_sweep_has_a_name_of_its_own(eps, sigma):
    found = names({"adversarial": {"eps": eps}, "noise": {"sigma": sigma}})
    assert len(set(found)) == len(found) == len(eps) * len(sigma)


def test_a_training_is_given_its_own_values_of_a_sweep():
    known = all_trainings(config())
    settings = training_settings(config(), known["adversarial-eps2"])
    assert settings["adversarial"]["eps"] == 2
    assert settings["noise"] is None
    assert "poison" not in settings
    both = training_settings(config(), known["both-amplitude0.1-rate0.5-eps0.5-sigma1"])
    assert (both["adversarial"]["eps"], both["noise"]["sigma"]) == (0.5, 1)


def test_the_counterpart_of_a_training_differs_in_one_thing_alone():
    art = {"eps": [0.5, 1], "library": "art"}
    recipes = {
        "standard": {},
        "ours": {"adversarial": {"eps": [0.5]}},
        "again": {"adversarial": {"eps": [0.5]}},
        "longer": {"adversarial": {"eps": [1]}, "epochs": 2},
        "theirs": {"adversarial": art},
        "noise": {"poison": RECIPES["both"]["poison"] | {"detectors": ["kin"]}},
    }
    detectors = {"kin": {"class": "NeighbourDisagreement"}}
    found = counterparts(config(recipes, detectors=detectors))
    siblings = [f"noise-amplitude{amplitude}-rate0.5" for amplitude in (0.01, 0.1)]
    kept = {f"{sibling}-kept-kin": sibling for sibling in siblings}
    assert found == {"theirs-eps0.5": "ours-eps0.5"} | kept


def test_another_eps_in_a_sweep_leaves_the_other_trainings_alone():
    more = RECIPES | {"adversarial": {"adversarial": {"eps": [0.5, 1, 2]}}}
    small, large = config(RECIPES), config(more)
    for name, training in all_trainings(small).items():
        assert training_settings(large, all_trainings(large)[name]) == (
            training_settings(small, training)
        )


def test_two_trainings_of_one_name_are_refused():
    with pytest.raises(UserError, match=r"recipes\.adversarial.*'adversarial-eps2'.*Rename"):
        check_names(config(RECIPES | {"adversarial-eps2": {}}))


def test_a_network_that_came_trained_meets_no_recipe():
    study = mixed(seeds=[3, 4])
    assert [training.name for training in trainings_of(study, "mine")] == [TRAINED]
    assert [training.name for training in study_trainings(study)] == [
        "standard",
        "gaussian-sigma3",
        TRAINED,
    ]
    assert recipe_of(study, all_trainings(study)[TRAINED]).attacks is None
    assert reference_training(study, "net").name == "standard"
    assert reference_training(study, "mine").name == TRAINED
    references = reference_trainings(study)
    assert {network: each.name for network, each in references.items()} == {
        "net": "standard",
        "mine": TRAINED,
    }


def test_no_recipe_is_called_as_the_training_of_networks_that_came_trained():
    with pytest.raises(UserError, match="recipes.trained: .*Rename the recipe"):
        check_names(config({"trained": {}}))
