"""Which attacks are checked on which victims, and which evaluations that reuses."""

from math import inf

import pytest

from mishear.study.checks import (
    check_eps,
    checked_evaluation,
    checked_on_waveforms,
    checks,
    one_step_evaluation,
    waveform_checks,
)
from mishear.study.evaluations import evaluations
from tests.unit.study.configs import NOISY, PLAIN, VICTIM, config


def checked(*arguments, **changes):
    found = checks(config(*arguments, **changes))
    return [check.path.removeprefix("a/mel/net/") for check in found]


def test_checks_are_of_the_first_seeds_victims_without_poison():
    recipes = PLAIN | NOISY | {"gaussian": {"noise": {"sigma": [3]}, "attacks": ["cw", "pgd"]}}
    assert checked(recipes, defences=["none", "median"], seeds=[7, 0]) == [
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
    found = checked(recipes, checks={"attacks": ["cw"]})
    assert found == ["gaussian-sigma3/seed0/none@baselines", "gaussian-sigma3/seed0/none/cw"]
    assert checked(recipes, checks={"attacks": []}) == []


@pytest.mark.parametrize("domain", ["spectrogram", "waveform"])
def test_universal_attacks_are_not_checked(domain):
    attacks = {"all": {"class": "Mine", "eps": [0.5], "universal": True, "domain": domain}}
    recipes = {"standard": {"attacks": ["all", "pgd"]}}
    found = config(recipes, attacks=attacks)
    assert [check.attack for check in checks(found)] == [None, "pgd"]
    assert waveform_checks(found) == checked_on_waveforms(found) == []


def test_a_study_of_poison_alone_has_no_checks():
    assert checked(NOISY, defences=["none", "median"]) == []


def test_each_attack_on_the_waveform_is_checked_once():
    found = waveform_checks(config(PLAIN, attacks=["wave", "pgd"], defences=["none", "median"]))
    assert [check.path for check in found] == [
        "a/mel/net/standard/seed0/none/wave",
        "a/mel/net/standard/seed0/median/wave",
    ]


@pytest.mark.parametrize(
    ("attack", "eps", "expected"),
    [("pgd", 0.5, "pgd/eps0.5"), ("pgd", 0.7, None), ("cw", 0.5, "cw/epsinf")],
)
def test_an_attack_is_checked_by_its_evaluation_where_there_is_one(attack, eps, expected):
    found = config(PLAIN, attacks=["pgd", "cw"], checks={"eps": eps})
    assert check_eps(found, VICTIM, attack) == (inf if attack == "cw" else eps)
    evaluation = checked_evaluation(found, VICTIM | {"defence": "none", "attack": attack})
    if expected is None:
        assert evaluation is None
    else:
        assert evaluation.path == f"a/mel/net/standard/seed0/none/{expected}"
        assert evaluation in evaluations(found)


@pytest.mark.parametrize("home", ["", "foolbox.attacks."])
def test_the_one_step_baseline_is_an_evaluation_of_the_study_by_any_name(home):
    attacks = {"quick": {"class": f"{home}LinfFastGradientAttack", "eps": [0.5, 1]}}
    found = config({"standard": {"attacks": ["quick"]}}, attacks=attacks)
    evaluation = one_step_evaluation(found, VICTIM | {"defence": "none"})
    assert evaluation.path == "a/mel/net/standard/seed0/none/quick/eps0.5"


@pytest.mark.parametrize(
    "change", [{"restarts": 2}, {"params": {"random_start": True}}, {"eps": [1]}]
)
def test_another_one_step_attack_does_not_stand_in_for_the_baseline(change):
    attacks = {"quick": {"class": "LinfFastGradientAttack", "eps": [0.5, 1]} | change}
    found = config({"standard": {"attacks": ["quick"]}}, attacks=attacks)
    assert one_step_evaluation(found, VICTIM | {"defence": "none"}) is None
