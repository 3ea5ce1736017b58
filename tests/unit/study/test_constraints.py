"""Which names a rule's wildcards may stand for."""

import re

from hypothesis import given
from hypothesis import strategies as st

from mishear.study import paths
from mishear.study.constraints import (
    any_of,
    attacks_in,
    corpora_of_kind,
    kept_attacks,
    poisoned_recipes,
    trained_by,
    universal_attacks,
)
from mishear.study.plan import Plan
from tests.unit.study.configs import ATTACKS, NOISY, PLAIN, config

NAMES = st.from_regex(paths.NAME, fullmatch=True)


@given(st.sets(NAMES, max_size=5), NAMES)
def test_these_names_and_no_others_are_matched(names, other):
    assert bool(re.fullmatch(any_of(names), other)) == (other in names)
    assert all(re.fullmatch(any_of(names), name) for name in names)
    assert re.fullmatch(any_of(None), other)


def test_each_attack_is_in_one_domain_divided_or_not():
    split = {"split": {"class": "LinfPGD", "eps": [0.5], "shards": 3}}
    attacks = ATTACKS | split
    found = config(PLAIN, attacks=attacks)
    groups = [
        attacks_in(found, domain, sharded)
        for domain in ("spectrogram", "waveform")
        for sharded in (True, False)
    ]
    assert sorted(sum(groups, [])) == sorted(attacks)
    assert attacks_in(found, "spectrogram", sharded=True) == ["split"]
    assert attacks_in(found, "waveform") == ["wave"]


def test_universal_attacks_have_rules_of_their_own():
    attacks = ATTACKS | {"all": {"class": "Mine", "eps": [0.5], "universal": True}}
    found = config(PLAIN, attacks=attacks)
    assert universal_attacks(found, "spectrogram") == ["all"]
    assert universal_attacks(found, "waveform") == []
    assert "all" not in attacks_in(found, "spectrogram", sharded=False)
    assert "all" not in attacks_in(found, "spectrogram", sharded=True)
    assert "all" in attacks_in(found, "spectrogram")
    assert "all" not in kept_attacks(Plan(config(PLAIN, attacks=attacks, save_examples=True)))


def test_attacks_divided_among_jobs_are_not_kept_by_the_rule_of_the_others():
    attacks = ATTACKS | {"split": {"class": "LinfPGD", "eps": [0.5], "shards": 3}}
    study = {"recipes": {"standard": {"attacks": ["pgd", "split"]}}, "attacks": attacks}
    assert kept_attacks(Plan(config(**study))) == ["pgd"]
    saving = Plan(config(PLAIN, attacks=["pgd"], save_examples=True))
    assert kept_attacks(saving) == ["pgd", "cw", "fgsm"]


def test_each_training_is_made_by_one_library():
    recipes = PLAIN | {"art": {"adversarial": {"library": "art", "eps": [0.5, 1]}}}
    assert trained_by(config(recipes), "art") == ["art-eps0.5", "art-eps1"]
    assert trained_by(config(recipes), "mishear") == ["standard"]


def test_corpora_and_poisoned_recipes():
    assert corpora_of_kind(Plan(config(PLAIN)), "synthesised") == ["a"]
    assert corpora_of_kind(Plan(config(PLAIN)), "download", "archive") == []
    assert poisoned_recipes(config(PLAIN | NOISY)) == ["noise"]
