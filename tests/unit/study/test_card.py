"""The plan of a card: files by their keys, and the config of what is used."""

from dataclasses import asdict

import pytest

from mishear.config.loading import load
from mishear.study.card import card_inputs, card_params, card_plan, read_card_plan, used_config
from mishear.study.plan import Plan
from tests.unit.study.configs import ATTACKS, DEFENCES, NOISY, PLAIN, RECIPES, config, raw


def test_every_result_of_the_study_is_in_the_plan():
    study = config(RECIPES, seeds=[0, 1])
    assert [each.path for each in card_plan(study).tables] == [
        each.results for each in Plan(study).evaluations
    ]
    victims = {each.victim for each in Plan(study).evaluations}
    assert {each.victim for each in card_plan(study).weights} == victims


def test_the_plan_comes_back_from_the_params():
    study = config(PLAIN | NOISY, require=[{"clean_accuracy": 0.5}])
    assert read_card_plan(card_params(study)) == card_plan(study)
    assert asdict(card_plan(study)) == card_params(study)


def test_every_file_of_the_plan_is_an_input():
    study = config(RECIPES)
    inputs = card_inputs(study)
    plan = card_plan(study)
    for path in [each.path for each in (*plan.tables, *plan.splits)]:
        assert inputs[path] == path
    assert {each.digest for each in plan.weights} <= set(inputs.values())
    assert "certificates" not in inputs
    assert "certificates" in card_inputs(config(PLAIN, defences=["none", "smoothed"]))


def test_the_config_has_what_is_used_and_nothing_else():
    found = used_config(config(PLAIN, attacks=["pgd"]))
    assert ATTACKS.keys() > found["attacks"].keys() == {"pgd"}
    assert found["defences"] == {}
    assert not {"device", "jobs_per_gpu", "warm_start", "report"} & found.keys()


def test_members_of_chains_and_earlier_attacks_are_used():
    late = {"class": "LinfPGD", "eps": [0.5], "after": ["pgd"]}
    defended = used_config(config(PLAIN, defences=["none", "both-of-them"]))
    assert defended["defences"].keys() == DEFENCES.keys()
    given = config(PLAIN | {"standard": {"attacks": ["late"]}}, attacks={"late": late})
    assert used_config(given)["attacks"].keys() == {"pgd", "late"}


def of_own_files(folder):
    """A config that names a file or folder of the user's by every key that takes one."""
    trained = {"class": "PaperCNN", "weights": f"{folder}mine.pt", "labels": [0, 1]}
    scorer = {
        "class": "mine.Net",
        "scores_only": True,
        "labels": [0, 1],
        "files": [f"{folder}a.bin"],
        "attacks": [],
    }
    found = raw(PLAIN) | {
        "corpora": {
            "a": {"source": "folder", "path": f"{folder}rec", "pattern": "(?P<label>.)"},
        },
        "networks": {"net": trained},
        "split": {"by": "file", "file": f"{folder}split.csv"},
    }
    return (
        load(found),
        load(found | {"networks": {"net": scorer}}),
        load(found | {"corpora": {"a": {"source": "fsdd", "archive": f"{folder}fsdd.zip"}}}),
    )


@pytest.mark.parametrize("folder", ["./", "../{here}/", "{full}/", "x/../"])
def test_the_spelling_of_a_path_changes_no_card(tmp_path, monkeypatch, folder):
    monkeypatch.chdir(tmp_path)
    spelled = of_own_files(folder.format(here=tmp_path.name, full=tmp_path))
    plain = of_own_files("")
    assert list(map(card_params, spelled)) == list(map(card_params, plain))
