"""What figures and the report select from a study."""

from mishear.study.evaluations import evaluations
from mishear.study.evaluations import victims as all_victims
from mishear.study.figures import figures
from mishear.study.selections import (
    attack_definitions,
    minimisations,
    poisoned_evaluations,
    reference_victims,
    settings_of,
    shown_evaluations,
    sweep_labels,
    victims,
)
from tests.unit.study.configs import PLAIN, RECIPES, SETTING, config
from tests.unit.study.test_figures import minimal


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
    found = minimal(more={"noise": {"poison": poison}})
    trained = [victim["training"] for victim in victims(found, settings_of(found)[0])]
    assert trained == ["standard", "noise-amplitude0.1-rate0.5"]


def drawn(*arguments, **changes):
    """The figures of a study that are of a setting as a whole."""
    found = figures(config(*arguments, **changes))
    paths = [figure.path.removeprefix("figures/a/mel/net/") for figure in found]
    return {path for path in paths if "/" not in path}


def test_what_is_shown_is_part_of_the_study():
    found = config(used=["adversarial", "standard", "both"])
    evaluated = set(evaluations(found))
    assert set(shown_evaluations(found, SETTING, "adversarial-eps2")) < evaluated
    assert set(minimisations(found, SETTING)) < evaluated
    assert set(poisoned_evaluations(found, SETTING, "both")) < evaluated
    trained = {victim.path for victim in all_victims(found)}
    assert {victim["path"] for victim in victims(found, SETTING)} == trained
    assert {victim.path for victim in reference_victims(found)} < trained


def test_a_tradeoff_needs_something_to_compare():
    assert "tradeoff.svg" not in drawn(PLAIN)
    assert "tradeoff.svg" in drawn(PLAIN, defences=["none", "median"])
    assert "tradeoff.svg" in drawn(used=["adversarial"])


def test_certificates_are_drawn_where_there_are_any():
    assert "certificates.svg" not in drawn(PLAIN, defences=["median"])
    assert "certificates.svg" in drawn(PLAIN, defences=["smoothed"])


def test_transfer_attacks_alone_have_no_curve():
    assert "accuracy.svg" not in drawn(PLAIN, defences=["median"], evaluation=["transfer"])
    assert "accuracy.svg" in drawn(PLAIN, defences=["median"])
    hardened = {"used": ["gaussian", "adversarial"], "attacks": ["cw"], "evaluation": ["transfer"]}
    found = minimisations(config(RECIPES, **hardened), SETTING)
    assert {evaluation.victim.recipe for evaluation in found} == {"gaussian-sigma3"}
