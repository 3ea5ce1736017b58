"""Which trainings a recipe stands for, and what they are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear import plan
from mishear.checks import checked_settings
from mishear.config import Recipe, load
from mishear.errors import UserError
from mishear.figures import catalogue

SIZES = st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=4, unique_by=plan.number_name)
RECIPES = {
    "standard": {"attacks": ["cw"]},
    "adversarial": {"adversarial": {"eps": [0.5, 2]}},
    "gaussian": {"noise": {"sigma": [3]}},
    "both": {
        "poison": {"kind": "uniform", "amplitude": [0.01, 0.1], "share": [0.5]},
        "adversarial": {"eps": [0.5]},
        "noise": {"sigma": [1]},
    },
}


def raw(recipes=RECIPES, used=tuple(RECIPES)):
    return {
        "study": {
            "name": "s",
            "corpora": ["a"],
            "front_ends": ["mel"],
            "networks": ["net"],
            "recipes": list(used),
            "attacks": ["pgd"],
        },
        "corpora": {"a": {"source": "espeak"}},
        "front_ends": {"mel": {}},
        "networks": {"net": {"class": "PaperCNN"}},
        "recipes": recipes,
        "attacks": {
            "pgd": {"class": "LinfPGD", "eps": [0.5, 1]},
            "cw": {"class": "L2CarliniWagnerAttack"},
        },
    }


def names(recipe):
    return [training.name for training in plan.trainings("x", Recipe(**recipe))]


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
        (RECIPES["both"], [f"x-amplitude{a}-share0.5-eps0.5-sigma1" for a in ("0.01", "0.1")]),
    ],
)
def test_sweeps_have_readable_names(recipe, expected):
    assert names(recipe) == expected


@given(SIZES, SIZES)
def test_every_training_of_a_sweep_has_a_name_of_its_own(eps, sigma):
    found = names({"adversarial": {"eps": eps}, "noise": {"sigma": sigma}})
    assert len(set(found)) == len(found) == len(eps) * len(sigma)


def test_a_training_is_given_its_own_values_of_a_sweep():
    config = load(raw())
    known = plan.all_trainings(config)
    settings = plan.training_settings(config, known["adversarial-eps2"])
    assert settings["adversarial"]["eps"] == 2
    assert settings["noise"] is None
    assert "poison" not in settings
    both = plan.training_settings(config, known["both-amplitude0.1-share0.5-eps0.5-sigma1"])
    assert (both["adversarial"]["eps"], both["noise"]["sigma"]) == (0.5, 1)


def test_another_eps_in_a_sweep_leaves_the_other_trainings_alone():
    more = RECIPES | {"adversarial": {"adversarial": {"eps": [0.5, 1, 2]}}}
    small, large = (load(raw(recipes)) for recipes in (RECIPES, more))
    for name, training in plan.all_trainings(small).items():
        assert plan.training_settings(large, plan.all_trainings(large)[name]) == (
            plan.training_settings(small, training)
        )


def test_every_training_of_a_sweep_is_attacked():
    found = [
        (evaluation.victim.recipe, evaluation.attack, evaluation.eps)
        for evaluation in plan.evaluations(load(raw(used=["standard", "adversarial"])))
    ]
    assert found == [
        ("standard", "cw", float("inf")),
        ("adversarial-eps0.5", "pgd", 0.5),
        ("adversarial-eps0.5", "pgd", 1),
        ("adversarial-eps2", "pgd", 0.5),
        ("adversarial-eps2", "pgd", 1),
    ]


def test_the_summary_says_what_a_victim_was_trained_with():
    keys = plan.summary_keys(load(raw(used=["adversarial", "gaussian"])))
    values = [(row["recipe"], row["training_eps"], row["training_sigma"]) for row in keys]
    assert dict.fromkeys(values) == dict.fromkeys(
        [
            ("adversarial-eps0.5", 0.5, None),
            ("adversarial-eps2", 2, None),
            ("gaussian-sigma3", None, 3),
        ]
    )


def test_every_training_of_a_sweep_has_its_figures():
    config = load(raw(used=["adversarial", "standard", "both"]))
    found = [figure.path.removeprefix("figures/a/mel/net/") for figure in catalogue.figures(config)]
    assert found == [
        "accuracy.svg",
        "distance.svg",
        "both/poisoning.svg",
        "both/recording.svg",
        "adversarial-eps0.5/confusion.svg",
        "adversarial-eps0.5/gallery-pgd.svg",
        "adversarial-eps2/confusion.svg",
        "adversarial-eps2/gallery-pgd.svg",
        "standard/confusion.svg",
        "standard/gallery-cw.svg",
        "training.svg",
    ]
    assert catalogue.reference_training(config) == "adversarial-eps0.5"
    evaluated = set(plan.evaluations(config))
    setting = {"corpus": "a", "front_end": "mel", "network": "net"}
    assert set(catalogue.shown_evaluations(config, setting, "adversarial-eps2")) < evaluated
    assert set(catalogue.minimisations(config, setting)) < evaluated
    assert set(catalogue.poisoned_evaluations(config, setting, "both")) < evaluated
    trained = {victim.path for victim in plan.victims(config)}
    assert {victim["path"] for victim in catalogue.victims(config, setting)} == trained
    assert {victim.path for victim in catalogue.reference_victims(config)} < trained


def test_two_trainings_of_one_name_are_refused(tmp_path):
    recipes = RECIPES | {"adversarial-eps2": {}}
    with pytest.raises(UserError, match=r"recipes\.adversarial.*'adversarial-eps2'.*Rename"):
        checked_settings(raw(recipes), cache=tmp_path)
