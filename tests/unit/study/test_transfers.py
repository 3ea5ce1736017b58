"""Which victims are judged on whose examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.study.evaluations import victims
from mishear.study.kept import kept, needed_examples
from mishear.study.transfers import (
    Transfer,
    check_transfers,
    source_models,
    sources_of,
    transfer_keys,
    transferred_evaluations,
    transfers,
)
from tests.unit.study.configs import PLAIN, RECIPES, config, raw

TWO = PLAIN | {"adversarial": {"adversarial": {"eps": [0.5]}}}
WAVE = {"attacks": ["wave"]}


def study(transfer=WAVE, recipes=TWO, **changes):
    return config(recipes, transfer=transfer, **changes)


def pairs(found, source, target):
    """The seeds of all pairs of a source's and a target's training."""
    return [
        (model.seed, victim.seed)
        for victim in victims(found)
        if victim.recipe == target
        for model in source_models(found, victim, "wave")
        if model.recipe == source
    ]


def test_without_the_section_there_are_none():
    found = config(TWO)
    assert transfers(found) == []
    assert transfer_keys(found) == []
    check_transfers(found)


def test_every_victim_is_judged_on_every_training_by_default():
    found = study()
    assert [(each.victim.recipe, each.attack) for each in transfers(found)] == [
        ("standard", "wave"),
        ("adversarial-eps0.5", "wave"),
    ]
    for each in transfers(found):
        recipes = [model.recipe for model in source_models(found, each.victim, each.attack)]
        assert recipes == ["standard", "adversarial-eps0.5"]
    keys = transfer_keys(found)
    assert [each["target_recipe"] for each in keys] == ["standard", "adversarial-eps0.5"]
    assert {(each["domain"], each["budget"]) for each in keys} == {("waveform", "snr")}


@given(seeds=st.lists(st.integers(0, 9), min_size=2, max_size=5, unique=True))
def test_another_training_is_judged_on_another_seed_and_each_seed_is_used_once(seeds):
    found = pairs(study(seeds=seeds), "standard", "adversarial-eps0.5")
    assert sorted(source for source, _ in found) == sorted(seeds)
    assert sorted(target for _, target in found) == sorted(seeds)
    assert all(source != target for source, target in found)


@given(seeds=st.lists(st.integers(0, 9), min_size=2, max_size=5, unique=True))
def test_a_victim_is_judged_on_itself_and_on_one_other_seed(seeds):
    found = pairs(study(seeds=seeds), "standard", "standard")
    assert sorted(pair for pair in found if pair[0] == pair[1]) == [(s, s) for s in sorted(seeds)]
    others = [pair for pair in found if pair[0] != pair[1]]
    assert sorted(source for source, _ in others) == sorted(seeds)
    assert len(found) == 2 * len(seeds)


def test_with_one_seed_the_pairs_have_the_same():
    assert pairs(study(seeds=[3]), "standard", "adversarial-eps0.5") == [(3, 3)]
    assert pairs(study(seeds=[3]), "standard", "standard") == [(3, 3)]


def test_only_the_sources_named_are_attacked():
    found = study({"sources": ["mel/net/standard"], "attacks": ["wave"]}, seeds=[0, 1])
    assert {each.victim.recipe for each in transfers(found)} == {"standard", "adversarial-eps0.5"}
    for each in transfers(found):
        assert {model.recipe for model in source_models(found, each.victim, each.attack)} == {
            "standard"
        }


def test_victims_of_other_corpora_and_folds_are_apart():
    raw = {"split": {"by": "speaker", "folds": 2}}
    found = study(**raw)
    for victim in victims(found):
        assert {model.fold for model in source_models(found, victim, "wave")} == {victim.fold}


def test_examples_are_made_at_every_eps_and_kept():
    found = study({"attacks": ["pgd"]})
    transfer = transfers(found)[0]
    made = transferred_evaluations(found, transfer)
    assert {each.eps for each in made} == {0.5, 1}
    assert {each.place for each in made} == {"none"}
    assert set(made) <= set(needed_examples(found))
    assert {"standard", "adversarial-eps0.5"} <= kept(found).recipes
    names = transfer.victim.names | {"attack": "pgd"}
    assert sources_of(found, names) == made


def test_the_table_of_each_transfer_has_a_path_of_its_own():
    found = study({"attacks": ["pgd", "wave"]}, seeds=[0, 1])
    paths = [each.path for each in transfers(found)]
    assert len(set(paths)) == len(paths) == 8
    assert paths[0] == "results/transfers/a/mel/net/standard/seed0/pgd.csv"
    assert transfers(found)[0] == Transfer(victims(found)[0], "pgd")


@pytest.mark.parametrize(
    ("transfer", "said"),
    [
        (
            {"sources": ["mel/net/standart"], "attacks": ["wave"]},
            r"'mel/net/standart' is not a victim of the study \(did you mean "
            r"'mel/net/standard'\?\)",
        ),
        ({"sources": ["mel/net/both"], "attacks": ["wave"]}, "Its victims: mel/net/standard, mel/"),
    ],
)
def test_a_source_that_is_no_victim_is_refused(transfer, said):
    with pytest.raises(UserError, match=said):
        check_transfers(study(transfer, RECIPES | TWO, used=list(TWO)))


def test_examples_on_features_stay_within_one_front_end():
    check_transfers(study({"attacks": ["pgd"]}))
    two = {"front_ends": ["mel", "mel2"]}
    check_transfers(two_front_ends({"attacks": ["wave"]}, two))
    with pytest.raises(UserError, match=r"'pgd' changes the input .* \(mel, mel2\).*domain: wav"):
        check_transfers(two_front_ends({"attacks": ["wave", "pgd"]}, two))


def two_front_ends(transfer, study):
    from mishear.config.loading import load
    from tests.unit.study.configs import raw

    made = raw(TWO, transfer=transfer, **study)
    made["front_ends"]["mel2"] = {"sample_rate": 8000}
    return load(made)


SQUARE = {"class": "mishear.attacks.autoattack.LinfSquare", "domain": "waveform", "budget": "snr"}


@pytest.mark.parametrize(("attack", "sources"), [("wave", {"net"}), ("search", {"net", "mine"})])
def test_a_model_that_gives_only_scores_is_a_target_and_a_source_of_searches_alone(attack, sources):
    content = raw(PLAIN, transfer={"attacks": [attack]})
    content["attacks"] = content["attacks"] | {"search": SQUARE | {"eps": [40]}}
    content["networks"]["mine"] = {"command": ["serve"], "labels": ["a", "b"]}
    content["study"]["networks"] = ["net", "mine"]
    found = load(content)
    assert [each.victim.network for each in transfers(found)] == ["net", "mine"]
    for transfer in transfers(found):
        made = transferred_evaluations(found, transfer)
        assert {each.victim.network for each in made} == sources
