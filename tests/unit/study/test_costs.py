"""What jobs cost: by earlier runs here, by their like, or else by a reference."""

import json
import platform
from pathlib import Path

import pytest
import yaml

from mishear.study.costs import BESIDES, REFERENCE, Costs, kind
from tests.projects import REPOSITORY
from tests.unit.study.configs import config

NAMES = {"corpus": "a", "front_end": "mel", "network": "net", "recipe": "standard", "seed": "0"}
EVALUATION = NAMES | {"defence": "none", "attack": "pgd", "eps": "0.5", "digest": "0123456789"}


@pytest.fixture
def costs(tmp_path):
    """What is known in a folder, by a reference with three entries."""
    reference = tmp_path / "reference.json"
    entries = {
        "train": {"seconds": 6.0, "steps": 3},
        "evaluate": {"seconds": 1.0},
        "evaluate LinfPGD": {"seconds": 4.0, "steps": 20},
    }
    reference.write_text(json.dumps({"costs": entries}))
    recipes = {
        "standard": {"epochs": 6},
        "hardened": {"epochs": 2, "adversarial": {"eps": [0.5], "steps": 4}},
    }
    attacks = {"pgd": {"class": "LinfPGD", "eps": [0.5], "params": {"steps": 40}}}
    return lambda: Costs(config(recipes, attacks=attacks), tmp_path, reference)


def test_jobs_of_other_seeds_and_sizes_are_of_one_kind():
    assert kind("evaluate", EVALUATION) == kind(
        "evaluate", EVALUATION | {"seed": "3", "eps": "2", "digest": "abcdef0123"}
    )
    assert kind("evaluate", EVALUATION) != kind("evaluate", EVALUATION | {"attack": "fgsm"})


def test_the_reference_scales_with_steps_and_falls_back_to_the_rule(costs):
    # Twice the steps, but not twice what a job takes besides.
    assert costs().referred("evaluate", EVALUATION) == 2 * (4 - BESIDES) + BESIDES
    assert costs().referred("evaluate", EVALUATION | {"attack": "fgsm"}) == 1.0
    assert costs().referred("train", NAMES) == 2 * (6 - BESIDES) + BESIDES
    # Each of two epochs takes four more steps for the attack.
    hardened = NAMES | {"recipe": "hardened-eps0.5"}
    assert costs().referred("train", hardened) == pytest.approx(10 / 3 * (6 - BESIDES) + BESIDES)
    assert costs().referred("of another workflow", {}) is None
    # Rules that differ in their output only cost the same.
    kept = costs().referred("evaluate_and_keep", EVALUATION)
    assert kept == costs().referred("evaluate", EVALUATION)
    assert costs().rules == {"train", "evaluate", "evaluate_and_keep", "evaluate_shard"}


def test_costs_of_a_run_are_kept_for_the_next_and_those_of_their_like_are_used(costs):
    first = costs()
    assert first.measured("evaluate", EVALUATION) is None
    first.add("evaluate", EVALUATION, 3.0)
    first.add("evaluate", EVALUATION | {"seed": "1"}, 5.0)
    first.add("inspect", {"corpus": "a"}, 1.0)
    first.save()
    second = costs()
    assert second.measured("evaluate", EVALUATION | {"seed": "7"}) == 4.0
    assert second.measured("evaluate", EVALUATION | {"corpus": "b", "recipe": "other"}) == 4.0
    assert second.measured("evaluate", EVALUATION | {"attack": "fgsm"}) is None
    assert second.measured("inspect", {"corpus": "b"}) is None
    # What the last run took replaces what an earlier one took; the others stay.
    second.add("evaluate", EVALUATION, 9.0)
    second.save()
    assert costs().measured("evaluate", EVALUATION) == 9.0
    assert costs().measured("inspect", {"corpus": "a"}) == 1.0


@pytest.mark.parametrize("content", ["", "[]", "{", "null"])
def test_a_damaged_file_of_costs_is_as_none(costs, tmp_path, content):
    (tmp_path / f"costs-{platform.node()}.json").write_text(content)
    assert costs().measured("evaluate", EVALUATION) is None
    first = costs()
    first.add("evaluate", EVALUATION, 3.0)
    first.save()
    assert costs().measured("evaluate", EVALUATION) == 3.0


def test_the_reference_knows_the_rules_and_attacks_of_the_demo():
    entries = json.loads(REFERENCE.read_text())
    assert entries["measured"]
    rules = {key.partition(" ")[0] for key in entries["costs"]}
    demo = {"synthesise", "inspect", "waveforms", "spectrogram_shard", "train", "evaluate"}
    assert demo | {"evaluate_poisoned", "check_attack", "check_baselines"} <= rules
    for entry in entries["costs"].values():
        assert 0 < entry["seconds"] < 1000
    written = "\n".join(path.read_text() for path in REPOSITORY.glob("workflow/rules/*.smk"))
    assert all(f"rule {rule}:" in written or f" as {rule} with:" in written for rule in rules)
    shipped = yaml.safe_load(Path(REPOSITORY / "config/config.yaml").read_text())
    classes = {shipped["attacks"][name]["class"] for name in ("fgsm", "pgd", "cw")}
    known = {key.partition(" ")[2] for key in entries["costs"]}
    assert classes <= known
