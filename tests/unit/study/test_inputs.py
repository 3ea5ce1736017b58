"""The files that jobs read."""

import pytest

from mishear.study import inputs
from mishear.study.evaluations import evaluations
from mishear.study.kept import source_evaluation
from mishear.study.plan import Plan
from tests.unit.study.configs import ATTACKS, FLIPS, NOISE, PLAIN, VICTIM, config

BACKWARDS = {
    "class": "CleanLabelBackdoor",
    "params": {"reverse_speech": True},
    "amplitude": [0.03],
    "rate": [0.5],
    "target": 0,
}
RECIPES = PLAIN | {
    "noise": {"poison": NOISE | {"detectors": ["finder"]}},
    "flips": {"poison": FLIPS},
    "backwards": {"poison": BACKWARDS},
    "art": {"adversarial": {"library": "art", "eps": [0.5]}},
}
DEFENCES = {
    "median": {"class": "MedianSmoothing"},
    "arts": {"class": "mishear.libraries.defences.ArtPreprocessor"},
    "both": {"chain": ["median", "arts"]},
}
FINDER = {"finder": {"class": "NeighbourDisagreement"}}
SPLIT = ATTACKS | {"pgd": ATTACKS["pgd"] | {"shards": 2}}


@pytest.fixture
def plan():
    return Plan(config(RECIPES, attacks=SPLIT, defences=DEFENCES, detectors=FINDER))


def named(**names):
    return VICTIM | {"defence": "none", "attack": "fgsm", "eps": "0.5"} | names


def test_a_training_reads_poisoned_recordings_only_where_its_poison_changes_them(plan):
    assert "poisoned" in inputs.training(plan, named(recipe="noise-amplitude0.01-rate1"))
    assert "poisoned" not in inputs.training(plan, named(recipe="flips-rate0.5"))
    assert "poisoned" not in inputs.training(plan, named())


def test_a_training_on_what_a_detector_kept_reads_its_detection(plan):
    files = inputs.training(plan, named(recipe="noise-amplitude0.01-rate1-kept-finder"))
    assert files["detection"] == (
        "results/detections/a/mel/net/noise-amplitude0.01-rate1/seed0/finder.csv"
    )


def test_poisoned_test_recordings_are_read_where_they_differ(plan):
    assert "poisoned" in inputs.poisoned_test(plan, named(attack="noise", eps="0.01"))
    assert "poisoned" not in inputs.poisoned_test(plan, named(attack="flips", eps="0"))


@pytest.mark.parametrize(
    ("defence", "needed"), [("none", False), ("median", False), ("arts", True), ("both", True)]
)
def test_packages_of_other_libraries_are_read_where_a_defence_needs_them(plan, defence, needed):
    assert ("library_packages" in inputs.victim(plan, named(defence=defence))) == needed


def test_a_transfer_reads_what_was_made_on_its_source_model():
    plan = Plan(config(PLAIN, defences=["none", "median"]))
    transfers = [evaluation for evaluation in evaluations(plan.config) if evaluation.source]
    for evaluation in transfers:
        names = named(defence=evaluation.place, attack="pgd", eps=f"{evaluation.eps:g}")
        files = inputs.transfer(plan, names)
        made = source_evaluation(evaluation)
        assert (files["source_results"], files["source_examples"]) == (made.results, made.examples)


def test_shards_of_an_evaluation_are_gathered(plan):
    files = inputs.evaluation_shards(plan, named(attack="pgd"))
    assert files["results"] == [
        f"results/evaluations/a/mel/net/standard/seed0/none/pgd/eps0.5/shard{n}-of-2.csv"
        for n in (0, 1)
    ]
    assert len(files["examples"]) == 2
