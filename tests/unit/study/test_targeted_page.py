"""Pages on which examples of targeted attacks are played."""

from mishear.study.plan import Plan
from mishear.study.targeted import targeted
from mishear.study.targeted_page import (
    iterations,
    page_attacks,
    page_inputs,
    pages_with_sounds,
    targeted_pages,
    victim_in_words,
)
from tests.unit.study.configs import NOISY, PLAIN, SETTING, config, mixed

BOTH = {"targeted": {"attacks": ["pgd", "wave"]}}


def test_a_page_for_each_setting_whose_classes_are_aimed_at():
    assert targeted_pages(config(PLAIN)) == []
    assert targeted_pages(config(NOISY, **BOTH)) == [], "there is no victim without poison"
    pages = targeted_pages(config(PLAIN, **BOTH))
    assert pages == ["results/reports/s/targeted/a/mel/net.html"]
    assert pages_with_sounds(Plan(config(PLAIN, **BOTH))) == pages


def test_the_examples_of_the_first_victim_are_played_with_both_domains_of_the_corpus():
    plan = Plan(config(PLAIN, seeds=[0, 1], **BOTH))
    inputs = page_inputs(plan, SETTING)
    made = {each.examples for each in targeted(plan.config) if each.victim.seed == 0}
    assert {file for key, file in inputs.items() if key.startswith("examples/")} == made
    assert {"waveforms", "spectrograms", "victim"} <= inputs.keys()
    assert victim_in_words(plan, SETTING) == "the victim of recipe standard, seed 0"


def test_a_trained_network_is_named_as_such():
    plan = Plan(mixed(**BOTH))
    assert (
        victim_in_words(plan, SETTING | {"network": "mine"}) == "the network as trained elsewhere"
    )


def test_the_smallest_perturbation_comes_first():
    found = page_attacks(Plan(config(PLAIN, **BOTH)), SETTING)
    assert found["pgd"] == {"domain": "spectrogram", "budget": "eps", "eps": [0.5, 1]}
    assert found["wave"] == {"domain": "waveform", "budget": "snr", "eps": [40, 20]}


def test_iterations_are_those_of_the_section_listening():
    assert iterations(Plan(config(PLAIN, **BOTH)), SETTING) == 32
    listening = {"recognisers": [], "inversion": {"iterations": 5}}
    assert iterations(Plan(config(PLAIN, **BOTH, listening=listening)), SETTING) == 5
