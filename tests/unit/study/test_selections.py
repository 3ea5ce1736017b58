"""What figures and the report select from a study."""

import math

import pytest

from mishear.study.selections import (
    attack_definitions,
    gallery_eps,
    gallery_path,
    settings_of,
    sweep_labels,
    victims,
)
from tests.unit.study.test_figures import minimal


@pytest.mark.parametrize(
    ("listed", "wanted", "drawn"),
    [([0.2, 1.0], 0.5, 0.2), ([0.5, 1.0], 0.5, 0.5), ([math.inf], 0.5, math.inf)],
)
def test_gallery_takes_the_nearest_eps_listed(listed, wanted, drawn):
    assert gallery_eps(listed, wanted) == drawn


def test_only_the_first_seed_is_drawn():
    config = minimal(seeds=[3, 1])
    setting = settings_of(config)[0]
    assert gallery_path(config, setting, "standard", "cw").endswith("seed3/cw/epsinf.npz")


def test_attacks_keep_the_order_in_which_they_are_run():
    found = attack_definitions(minimal(attacks=["cw", "fgsm"]))
    assert list(found) == ["cw", "fgsm"]
    assert found["cw"].targets == "untargeted"
    assert attack_definitions(minimal(), domain="waveform") == {}


def test_trainings_of_a_sweep_are_told_apart():
    more = {"hard": {"adversarial": {"eps": [0.5, 1]}}}
    labels = sweep_labels(minimal(more=more, recipes=["standard", "hard"]))
    assert labels == {"standard": "", "hard-eps0.5": "eps0.5", "hard-eps1": "eps1"}


def test_victims_trained_on_what_a_detector_kept_are_left_out():
    poison = {"class": "UniformNoise", "amplitude": [0.1], "rate": [0.5], "detectors": ["finder"]}
    config = minimal(more={"noise": {"poison": poison}})
    trained = [victim["training"] for victim in victims(config, settings_of(config)[0])]
    assert trained == ["standard", "noise-amplitude0.1-rate0.5"]
