"""Which evaluations keep their adversarial inputs."""

import pytest

from mishear.config.loading import load
from mishear.study.constraints import transferred_attacks
from mishear.study.evaluations import evaluations
from mishear.study.kept import (
    gallery_eps,
    is_transferred,
    kept,
    needed_examples,
    saved_examples,
    source_evaluation,
)
from mishear.study.paths import number_name
from tests.unit.study.configs import NOISY, PLAIN, RECIPES, SETTING, config, raw

LISTENING = {"listening": {"recognisers": [], "inversion": {"attacks": ["pgd"]}}}


def is_kept(names, evaluation):
    """Whether the rule that keeps adversarial inputs makes an evaluation."""
    parts = {
        "recipes": evaluation.victim.recipe,
        "defences": evaluation.place,
        "attacks": evaluation.attack,
        "eps": number_name(evaluation.eps),
    }
    return all(
        getattr(names, key) is None or part in getattr(names, key) for key, part in parts.items()
    )


STUDIES = {
    "plain": {"recipes": PLAIN, "attacks": ["pgd", "cw"]},
    "sweeps": {"recipes": RECIPES},
    "defended": {"recipes": PLAIN | NOISY, "defences": ["none", "median"], "seeds": [0, 1]},
    "transfer alone": {"recipes": PLAIN, "defences": ["median"], "evaluation": ["transfer"]},
    "inverted": {"recipes": PLAIN, "seeds": [0, 1], **LISTENING},
    "poison alone": {"recipes": NOISY},
}


@pytest.mark.parametrize("study", STUDIES)
def test_what_other_jobs_need_is_kept(study):
    found = config(**STUDIES[study])
    assert all(is_kept(kept(found), evaluation) for evaluation in needed_examples(found))


def test_transfers_need_what_was_made_on_their_source_models():
    found = config(**STUDIES["defended"])
    needed = set(needed_examples(found))
    transfers = [evaluation for evaluation in evaluations(found) if evaluation.source]
    assert transfers
    for evaluation in transfers:
        made = source_evaluation(evaluation)
        assert (made.victim.recipe, made.defence, made.source) == ("standard", "none", None)
        assert made in needed


def test_no_more_is_kept_than_the_reference_model_of_each_seed():
    found = config(**STUDIES["defended"])
    for evaluation in evaluations(found):
        if evaluation.victim.recipe != "standard" or evaluation.place != "none":
            assert not is_kept(kept(found), evaluation)


def test_a_study_that_saves_examples_keeps_all_of_them():
    found = config(**STUDIES["defended"], save_examples=True)
    files = set(saved_examples(found))
    for evaluation in evaluations(found):
        if evaluation.attack == "pgd":
            made = source_evaluation(evaluation) if evaluation.source else evaluation
            assert made.examples in files
            assert is_kept(kept(found), made)
    assert saved_examples(config(**STUDIES["defended"])) == []


@pytest.mark.parametrize(
    ("listed", "expected"), [([0.2, 1.0], 0.2), ([0.5, 1.0], 0.5), ([float("inf")], float("inf"))]
)
def test_galleries_are_of_the_nearest_eps_listed(listed, expected):
    attacks = {"listed": {"class": "L2CarliniWagnerAttack", "eps": listed}}
    found = config(PLAIN, attacks=attacks, report={"gallery": {"eps": 0.5}})
    assert gallery_eps(found, SETTING, "listed") == expected


def test_only_the_first_seed_is_drawn():
    drawn = list(needed_examples(config(PLAIN, seeds=[3, 1])))
    assert [evaluation.victim.seed for evaluation in drawn] == [3]


@pytest.mark.parametrize(
    ("changes", "transferred"),
    [
        ({}, True),
        ({"targets": "random"}, True),
        ({"targets": "least-likely"}, False),
        ({"targets": "every"}, False),
        ({"restarts": 2}, False),
    ],
)
def test_an_attack_in_which_the_victim_has_a_part_is_not_transferred(changes, transferred):
    content = raw(PLAIN, attacks=["mine"], defences=["none", "median"])
    content["attacks"]["mine"] = {"class": "LinfPGD", "eps": [0.5]} | changes
    found = load(content)
    (evaluation,) = [each for each in evaluations(found) if each.source]
    assert is_transferred(found, evaluation) == transferred
    assert ("mine" in transferred_attacks(found)) == transferred
    assert not any(is_transferred(found, each) for each in evaluations(found) if not each.source)
