"""Which trainings, evaluations, checks and certificates a study has, and what they are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.config.loading import load
from mishear.config.recipes import Recipe
from mishear.core.errors import UserError
from mishear.preflight.checks import checked_settings
from mishear.study import figures as catalogue
from mishear.study import plan, selections

SIZES = st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=4, unique_by=plan.number_name)
RECIPES = {
    "standard": {"attacks": ["cw"]},
    "adversarial": {"adversarial": {"eps": [0.5, 2]}},
    "gaussian": {"noise": {"sigma": [3]}},
    "both": {
        "poison": {"class": "UniformNoise", "amplitude": [0.01, 0.1], "rate": [0.5]},
        "adversarial": {"eps": [0.5]},
        "noise": {"sigma": [1]},
    },
}


DEFENCES = {
    "median": {"class": "MedianSmoothing"},
    "smoothed": {"class": "RandomisedSmoothing", "certificate": {"confidence": 0.99}},
    "both-of-them": {"chain": ["smoothed", "median"]},
}


def raw(recipes=RECIPES, used=tuple(RECIPES), checks=None, **study):
    return {
        "study": {
            "name": "s",
            "corpora": ["a"],
            "front_ends": ["mel"],
            "networks": ["net"],
            "recipes": list(used),
            "attacks": ["pgd"],
            **study,
        },
        "defences": DEFENCES,
        "checks": checks or {},
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
    config = load(raw())
    known = plan.all_trainings(config)
    settings = plan.training_settings(config, known["adversarial-eps2"])
    assert settings["adversarial"]["eps"] == 2
    assert settings["noise"] is None
    assert "poison" not in settings
    both = plan.training_settings(config, known["both-amplitude0.1-rate0.5-eps0.5-sigma1"])
    assert (both["adversarial"]["eps"], both["noise"]["sigma"]) == (0.5, 1)


def test_another_eps_in_a_sweep_leaves_the_other_trainings_alone():
    more = RECIPES | {"adversarial": {"adversarial": {"eps": [0.5, 1, 2]}}}
    small, large = (load(raw(recipes)) for recipes in (RECIPES, more))
    for name, training in plan.all_trainings(small).items():
        assert plan.training_settings(large, plan.all_trainings(large)[name]) == (
            plan.training_settings(small, training)
        )


def test_every_training_of_a_sweep_is_attacked():
    assert places(used=["standard", "adversarial"]) == [
        "standard/seed0/none/cw/epsinf",
        "adversarial-eps0.5/seed0/none@standard/pgd/eps0.5",
        "adversarial-eps0.5/seed0/none@standard/pgd/eps1",
        "adversarial-eps0.5/seed0/none/pgd/eps0.5",
        "adversarial-eps0.5/seed0/none/pgd/eps1",
        "adversarial-eps2/seed0/none@standard/pgd/eps0.5",
        "adversarial-eps2/seed0/none@standard/pgd/eps1",
        "adversarial-eps2/seed0/none/pgd/eps0.5",
        "adversarial-eps2/seed0/none/pgd/eps1",
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


def test_figures_of_attacks_are_of_the_reference_alone():
    config = load(raw(used=["adversarial", "standard", "both"]))
    found = [figure.path.removeprefix("figures/a/mel/net/") for figure in catalogue.figures(config)]
    assert found == [
        "accuracy.svg",
        "distance.svg",
        "adversarial-eps0.5/confusion.svg",
        "adversarial-eps0.5/gallery-pgd.svg",
        "tradeoff.svg",
        "both/poisoning.svg",
        "both/recording.svg",
        "training.svg",
    ]
    assert plan.reference_training(config).name == "adversarial-eps0.5"
    evaluated = set(plan.evaluations(config))
    setting = {"corpus": "a", "front_end": "mel", "network": "net"}
    assert set(selections.shown_evaluations(config, setting, "adversarial-eps2")) < evaluated
    assert set(selections.minimisations(config, setting)) < evaluated
    assert set(selections.poisoned_evaluations(config, setting, "both")) < evaluated
    trained = {victim.path for victim in plan.victims(config)}
    assert {victim["path"] for victim in selections.victims(config, setting)} == trained
    assert {victim.path for victim in selections.reference_victims(config)} < trained


def places(**changes):
    """The places of a study's evaluations, without what they all have in common."""
    found = [evaluation.path for evaluation in plan.evaluations(load(raw(**changes)))]
    assert len(found) == len(set(found))
    assert all(path.startswith("a/mel/net/") for path in found)
    return [path.removeprefix("a/mel/net/") for path in found]


PLAIN = {"standard": {}}
NOISY = {"noise": {"poison": {"class": "UniformNoise", "amplitude": [0.01], "rate": [1]}}}


def test_a_defence_is_attacked_by_transfer_and_adaptively():
    assert places(recipes=PLAIN, used=PLAIN, defences=["none", "median"]) == [
        "standard/seed0/none/pgd/eps0.5",
        "standard/seed0/none/pgd/eps1",
        "standard/seed0/median@standard/pgd/eps0.5",
        "standard/seed0/median@standard/pgd/eps1",
        "standard/seed0/median/pgd/eps0.5",
        "standard/seed0/median/pgd/eps1",
    ]


@pytest.mark.parametrize(
    ("kinds", "defended"),
    [
        (["adaptive"], ["median"]),
        (["transfer"], ["median@standard"]),
        (["adaptive", "transfer"], ["median", "median@standard"]),
    ],
)
def test_only_the_kinds_of_evaluation_asked_for_are_run(kinds, defended):
    """Without a defence there is nothing to transfer to: the reference is attacked itself."""
    found = places(recipes=PLAIN, used=PLAIN, defences=["none", "median"], evaluation=kinds)
    assert [path for path in found if path.endswith("eps1")] == [
        f"standard/seed0/{defence}/pgd/eps1" for defence in ["none", *defended]
    ]


def test_a_recipes_own_defences_take_the_place_of_the_studys():
    recipes = PLAIN | {"gaussian": {"noise": {"sigma": [3]}, "defences": ["smoothed"]}}
    found = places(recipes=recipes, used=recipes, defences=["none", "median"])
    at_one = [path.split("/pgd")[0] for path in found if path.endswith("eps1")]
    assert at_one == [
        "standard/seed0/none",
        "standard/seed0/median@standard",
        "standard/seed0/median",
        "gaussian-sigma3/seed0/smoothed@standard",
        "gaussian-sigma3/seed0/smoothed",
    ]


def test_a_poisoned_victim_is_heard_behind_every_defence_and_attacked_as_itself():
    recipes = NOISY | PLAIN
    recipes["noise"] = recipes["noise"] | {"attacks": ["pgd"], "defences": ["none", "median"]}
    noise = "noise-amplitude0.01-rate1/seed0"
    assert places(recipes=recipes, used=recipes) == [
        *(
            f"{noise}/{defence}/{attack}"
            for defence in ("none", "median")
            for attack in ("pgd/eps0.5", "pgd/eps1", "noise/eps0.01")
        ),
        "standard/seed0/none/pgd/eps0.5",
        "standard/seed0/none/pgd/eps1",
        "standard/seed0/none/noise/eps0.01",
    ]


def test_a_study_of_poison_alone_has_no_reference():
    config = load(raw(recipes=NOISY, used=NOISY, defences=["none", "median"]))
    assert plan.reference_training(config) is None
    assert [evaluation.source for evaluation in plan.evaluations(config)] == [None, None]
    assert plan.checks(config) == plan.certificates(config) == []


def test_transfer_attacks_are_made_on_a_victim_of_the_study():
    recipes = {"adversarial": RECIPES["adversarial"], **PLAIN}
    config = load(raw(recipes=recipes, used=recipes, seeds=[0, 1], defences=["none", "median"]))
    trained = {victim.path for victim in plan.victims(config)}
    sources = {evaluation.source for evaluation in plan.evaluations(config)}
    assert sources == {None, "adversarial-eps0.5"}
    for evaluation in plan.evaluations(config):
        if evaluation.source:
            source = evaluation.victim.path.replace(evaluation.victim.recipe, evaluation.source)
            assert source in trained
            assert (evaluation.defence, evaluation.victim.recipe) != ("none", evaluation.source)


def test_the_summary_says_how_each_was_attacked():
    recipes = PLAIN | NOISY
    keys = plan.summary_keys(load(raw(recipes=recipes, used=recipes, defences=["none", "median"])))
    found = dict.fromkeys(
        (row["defence"], row["attack"], row["evaluation"], row["source"])
        for row in keys
        if row["recipe"] == "standard"
    )
    assert list(found) == [
        ("none", "pgd", "adaptive", None),
        ("none", "noise", None, None),
        ("median", "pgd", "transfer", "standard"),
        ("median", "pgd", "adaptive", None),
        ("median", "noise", None, None),
    ]


def test_a_defence_is_its_class_or_its_chain():
    config = load(raw())
    assert plan.chain(config, "none") == []
    assert plan.chain(config, "median") == ["median"]
    assert plan.chain(config, "both-of-them") == ["smoothed", "median"]


def checked(**changes):
    return [check.path.removeprefix("a/mel/net/") for check in plan.checks(load(raw(**changes)))]


def test_checks_are_of_the_first_seeds_victims_without_poison():
    recipes = PLAIN | NOISY | {"gaussian": {"noise": {"sigma": [3]}, "attacks": ["cw", "pgd"]}}
    assert checked(recipes=recipes, used=recipes, defences=["none", "median"], seeds=[7, 0]) == [
        "standard/seed7/none@baselines",
        "standard/seed7/none/pgd",
        "standard/seed7/median@baselines",
        "standard/seed7/median/pgd",
        "gaussian-sigma3/seed7/none@baselines",
        "gaussian-sigma3/seed7/none/cw",
        "gaussian-sigma3/seed7/none/pgd",
        "gaussian-sigma3/seed7/median@baselines",
        "gaussian-sigma3/seed7/median/cw",
        "gaussian-sigma3/seed7/median/pgd",
    ]


def test_only_attacks_that_a_victim_is_put_to_are_checked():
    recipes = PLAIN | {"gaussian": {"noise": {"sigma": [3]}, "attacks": ["cw"]}}
    found = checked(recipes=recipes, used=recipes, checks={"attacks": ["cw"]})
    assert found == ["gaussian-sigma3/seed0/none@baselines", "gaussian-sigma3/seed0/none/cw"]
    assert checked(recipes=recipes, used=recipes, checks={"attacks": []}) == []


def test_certificates_are_of_the_victims_behind_a_certified_defence():
    recipes = PLAIN | {"noise": NOISY["noise"] | {"defences": ["smoothed"]}}
    config = load(raw(recipes, recipes, seeds=[0, 1], defences=["none", "smoothed", "median"]))
    found = plan.certificates(config)
    assert [row["path"] for row in found] == [
        f"a/mel/net/standard/seed{seed}/smoothed" for seed in (0, 1)
    ]
    assert [row["confidence"] for row in found] == [0.99, 0.99]


def figures(**changes):
    config = load(raw(**changes))
    found = [figure.path.removeprefix("figures/a/mel/net/") for figure in catalogue.figures(config)]
    return {path for path in found if "/" not in path}


def test_a_tradeoff_needs_something_to_compare():
    assert "tradeoff.svg" not in figures(recipes=PLAIN, used=PLAIN)
    assert "tradeoff.svg" in figures(recipes=PLAIN, used=PLAIN, defences=["none", "median"])
    assert "tradeoff.svg" in figures(used=["adversarial"])


def test_certificates_are_drawn_where_there_are_any():
    assert "certificates.svg" not in figures(recipes=PLAIN, used=PLAIN, defences=["median"])
    assert "certificates.svg" in figures(recipes=PLAIN, used=PLAIN, defences=["smoothed"])


def test_attacks_that_were_made_on_others_alone_have_no_curve():
    transfer = {"defences": ["median"], "evaluation": ["transfer"]}
    assert "accuracy.svg" not in figures(recipes=PLAIN, used=PLAIN, **transfer)
    assert "accuracy.svg" in figures(recipes=PLAIN, used=PLAIN, defences=["median"])
    hardened = {"recipes": RECIPES, "used": ["gaussian", "adversarial"], "attacks": ["cw"]}
    config = load(raw(**hardened, evaluation=["transfer"]))
    setting = {"corpus": "a", "front_end": "mel", "network": "net"}
    drawn = {evaluation.victim.recipe for evaluation in selections.minimisations(config, setting)}
    assert drawn == {"gaussian-sigma3"}


def test_a_mistake_in_a_defence_is_found_before_any_job(tmp_path):
    given = raw(recipes=PLAIN, used=PLAIN)
    given["attacks"]["pgd"]["params"] = {}
    checked_settings(given, cache=tmp_path)
    given["defences"] = DEFENCES | {
        "odd": {"class": "MedianSmoothing", "params": {"size": 4}},
        "late": {"chain": ["median", "smoothed"], "certificate": {}},
    }
    with pytest.raises(UserError) as error:
        checked_settings(given, cache=tmp_path)
    assert "defences.odd: MedianSmoothing refuses" in str(error.value)
    assert "defences.late.certificate" in str(error.value)


def test_two_trainings_of_one_name_are_refused(tmp_path):
    recipes = RECIPES | {"adversarial-eps2": {}}
    with pytest.raises(UserError, match=r"recipes\.adversarial.*'adversarial-eps2'.*Rename"):
        checked_settings(raw(recipes), cache=tmp_path)
