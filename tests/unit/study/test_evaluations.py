"""Which evaluations a study has, and where their results are."""

import pytest

from mishear.config.loading import load
from mishear.study.evaluations import (
    attacks_with_examples,
    chain,
    earlier,
    evaluations,
    first_victim,
    is_first,
    is_reference,
    victims,
)
from mishear.study.trainings import TRAINED, TRAINED_SEED, reference_training
from tests.unit.study.configs import DEFENCES, NOISY, PLAIN, RECIPES, SETTING, config, mixed, raw


def places(*arguments, **changes):
    """The places of a study's evaluations, without what they all have in common."""
    found = [evaluation.path for evaluation in evaluations(config(*arguments, **changes))]
    assert len(found) == len(set(found))
    assert all(path.startswith("a/mel/net/") for path in found)
    return [path.removeprefix("a/mel/net/") for path in found]


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


def test_a_defence_is_attacked_by_transfer_and_adaptively():
    assert places(PLAIN, defences=["none", "median"]) == [
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
    found = places(PLAIN, defences=["none", "median"], evaluation=kinds)
    assert [path for path in found if path.endswith("eps1")] == [
        f"standard/seed0/{defence}/pgd/eps1" for defence in ["none", *defended]
    ]


def test_a_recipes_own_defences_take_the_place_of_the_studys():
    recipes = PLAIN | {"gaussian": {"noise": {"sigma": [3]}, "defences": ["smoothed"]}}
    found = places(recipes, defences=["none", "median"])
    assert [path.split("/pgd")[0] for path in found if path.endswith("eps1")] == [
        "standard/seed0/none",
        "standard/seed0/median@standard",
        "standard/seed0/median",
        "gaussian-sigma3/seed0/smoothed@standard",
        "gaussian-sigma3/seed0/smoothed",
    ]


def test_a_poisoned_victim_is_evaluated_behind_every_defence_and_attacked_as_itself():
    recipes = NOISY | PLAIN
    recipes["noise"] = recipes["noise"] | {"attacks": ["pgd"], "defences": ["none", "median"]}
    noise = "noise-amplitude0.01-rate1/seed0"
    assert places(recipes) == [
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
    found = config(NOISY, defences=["none", "median"])
    assert reference_training(found, "net") is None
    assert [evaluation.source for evaluation in evaluations(found)] == [None, None]


def test_the_source_model_of_a_transfer_is_a_victim_of_the_study():
    recipes = {"adversarial": RECIPES["adversarial"], **PLAIN}
    found = config(recipes, seeds=[0, 1], defences=["none", "median"])
    trained = {victim.path for victim in victims(found)}
    assert {evaluation.source for evaluation in evaluations(found)} == {None, "adversarial-eps0.5"}
    for evaluation in evaluations(found):
        if evaluation.source:
            source = evaluation.victim.path.replace(evaluation.victim.recipe, evaluation.source)
            assert source in trained
            assert (evaluation.defence, evaluation.victim.recipe) != ("none", evaluation.source)


def test_the_reference_of_one_network_is_a_defence_of_another():
    recipes = PLAIN | {"gaussian": {"noise": {"sigma": [3]}}}
    found = raw(
        recipes, victims=[{"networks": ["net"]}, {"networks": ["m"], "recipes": ["gaussian"]}]
    )
    found["networks"]["m"] = found["networks"]["net"]
    found["study"]["networks"] = ["net", "m"]
    sources = {
        (each.victim.network, each.victim.recipe): set() for each in evaluations(load(found))
    }
    for each in evaluations(load(found)):
        sources[each.victim.network, each.victim.recipe].add(each.source)
    assert sources == {
        ("net", "standard"): {None},
        ("net", "gaussian-sigma3"): {None, "standard"},
        ("m", "gaussian-sigma3"): {None},
    }


def test_a_defence_is_its_class_or_its_chain():
    assert chain(config(), "none") == []
    assert chain(config(), "median") == ["median"]
    assert chain(config(), "both-of-them") == ["smoothed", "median"]


AFTER = {"search": {"class": "mishear.attacks.autoattack.LinfSquare", "eps": [1], "after": ["pgd"]}}


def test_a_defences_own_attacks_take_the_place_of_the_studys():
    defences = {"median": {"class": "MedianSmoothing", "attacks": ["fgsm"]}}
    study = config(PLAIN, defences=DEFENCES | defences)
    chosen = study.study.model_copy(update={"defences": ["none", "median"]})
    study = study.model_copy(update={"study": chosen})
    found = {(each.defence, each.attack) for each in evaluations(study)}
    assert found == {("none", "pgd"), ("median", "fgsm")}


def test_an_attack_that_continues_others_is_adaptive_only_and_names_their_evaluations():
    study = config(PLAIN, attacks=AFTER)
    chosen = {"defences": ["none", "median"], "attacks": ["pgd", "search"]}
    study = study.model_copy(update={"study": study.study.model_copy(update=chosen)})
    searches = [each for each in evaluations(study) if each.attack == "search"]
    assert [(each.defence, each.source) for each in searches] == [("none", None), ("median", None)]
    assert [each.path for each in earlier(study, searches[1])] == [
        "a/mel/net/standard/seed0/median/pgd/eps1"
    ]
    reference = reference_training(study, "net")
    assert attacks_with_examples(study, "net", reference) == ["pgd"]


def test_a_network_that_came_trained_is_one_victim_attacked_itself():
    study = mixed(seeds=[3, 4], attacks=["pgd"])
    assert [victim.path for victim in victims(study) if victim.network == "mine"] == [
        "a/mel/mine/trained/seed0"
    ]
    found = [each for each in evaluations(study) if each.victim.network == "mine"]
    assert {(each.defence, each.attack, each.source) for each in found} == {("none", "pgd", None)}
    gaussian = [each for each in evaluations(study) if each.victim.recipe == "gaussian-sigma3"]
    assert {each.source for each in gaussian} == {"standard", None}
    first = first_victim(study, SETTING | {"network": "mine"}, TRAINED)
    assert first.seed == TRAINED_SEED and is_first(study, first) and is_reference(study, first)
