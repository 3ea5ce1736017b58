"""The parameters of jobs: what their results depend on, and nothing else."""

import pytest

from mishear.study import params
from mishear.study.plan import Plan
from tests.unit.study.configs import ATTACKS, DEFENCES, FLIPS, NOISE, PLAIN, VICTIM, config

RECIPES = PLAIN | {"noise": {"poison": NOISE}, "flips": {"poison": FLIPS}}


def planned(**changes):
    return Plan(config(RECIPES, **changes))


def test_an_attacks_parameters_do_not_hold_its_eps_nor_how_its_jobs_are_divided():
    more = {"pgd": ATTACKS["pgd"] | {"eps": [0.5, 1, 2], "shards": 4, "batch_size": 10}}
    names = {"attack": "pgd"}
    assert params.attack(planned(), names) == params.attack(planned(attacks=more), names)
    assert params.batch_size(planned(), names) == planned().config.evaluation.batch_size
    assert params.batch_size(planned(attacks=more), names) == 10


def test_only_attacks_on_the_waveform_are_told_the_kind_of_their_budget():
    assert "budget" not in params.attack(planned(), {"attack": "pgd"})
    assert params.attack_with_budget(planned(), {"attack": "wave"})["budget"] == "snr"


def test_waveforms_and_spectrograms_depend_on_different_settings_of_a_front_end():
    placement = params.placement(planned(), VICTIM)
    front_end = params.front_end(planned(), VICTIM)
    assert placement.keys() & front_end.keys() == {"sample_rate"}
    section = planned().config.front_ends["mel"]
    assert placement.keys() | front_end.keys() == set(section.model_dump(by_alias=True))


def test_samples_are_those_of_the_front_ends_length():
    plan = planned()
    seconds = params.samples(plan, VICTIM) / params.sample_rate(plan, VICTIM)
    assert seconds == plan.config.front_ends["mel"].seconds


@pytest.mark.parametrize(
    ("recipe", "rate"),
    [("standard", None), ("noise-amplitude0.01-rate1", 1), ("flips-rate0.5", 0.5)],
)
def test_a_training_is_told_its_poison(recipe, rate):
    found = params.training_poison(planned(), VICTIM | {"recipe": recipe})
    assert (found and found["rate"]) == rate


def test_a_chain_is_the_defences_it_stands_for():
    plan = planned()
    found = params.defence(plan, VICTIM | {"defence": "both-of-them@standard"})
    assert [part["class"] for part in found] == ["RandomisedSmoothing", "MedianSmoothing"]
    assert params.defence(plan, VICTIM | {"defence": "none"}) == []
    assert all("certificate" not in part for part in found)
    assert set(DEFENCES) >= {"both-of-them"}


def test_attacks_keep_the_order_of_the_study():
    plan = planned(attacks=["wave", "pgd", "cw"])
    assert list(params.studied_attacks(plan)) == ["wave", "pgd", "cw"]
    assert list(params.studied_attacks(plan, "spectrogram")) == ["pgd", "cw"]
    assert list(params.studied_defences(plan)) == ["none"]
