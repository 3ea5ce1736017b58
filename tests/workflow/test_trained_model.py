"""A trained model of the user's: tested by config alone, and tested again when its file changes."""

import copy
import csv
import io
import json
import os

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.projects import TINY, new_project

HERE = "results/victims/tiny/mel16"
SHUFFLED = np.random.default_rng(0).permutation(10).tolist()
MINE = "mine/trained/seed0"


def study():
    config = copy.deepcopy(TINY)
    config["study"] |= {"recipes": ["standard"], "attacks": ["fgsm"]}
    config["recipes"] = {"standard": {"epochs": 6}}
    config["attacks"]["fgsm"]["eps"] = [0.5]
    return config


def with_model(config, **changes):
    """The study of that network and of a trained model of the same weights."""
    model = {"class": "PaperCNN", "weights": "mine.safetensors", "labels": SHUFFLED} | changes
    config["study"]["networks"] = ["paper-cnn", "mine"]
    config["networks"] = {"mine": model}
    return config


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A study that was run, of a network trained in it and of its copy, outputs shuffled."""
    project = new_project(tmp_path_factory.mktemp("trained") / "project", study())
    project.run(f"{HERE}/paper-cnn/standard/seed0/victim.pt")
    victim = project.file(f"{HERE}/paper-cnn/standard/seed0/victim.pt")
    state = torch.load(victim, weights_only=True)
    for key in ("classifier.weight", "classifier.bias"):
        state[key] = state[key][SHUFFLED].contiguous()
    save_file(state, project.folder / "mine.safetensors")
    project.config = with_model(study())
    project.run()
    return project


def rows(project, network):
    table = csv.DictReader(io.StringIO(project.text("results/reports/tiny/summary.csv")))
    return [row for row in table if row["network"] == network]


def test_outputs_in_another_order_change_no_number(project):
    (own,), (mine,) = rows(project, "paper-cnn"), rows(project, "mine")
    assert (mine["recipe"], mine["seed"]) == ("trained", "0")
    for column in ("clean_accuracy", "accuracy", "attack_success_rate", "mean_l2"):
        assert mine[column] == own[column]
    assert float(own["clean_accuracy"]) > 0.5
    accuracies = [
        json.loads(project.text(f"{HERE}/{name}/accuracy.json"))
        for name in ("paper-cnn/standard/seed0", MINE)
    ]
    assert accuracies[0] == accuracies[1]


def test_nothing_is_trained_and_nothing_is_said_of_its_training(project):
    assert not project.file(f"{HERE}/{MINE}/history.csv").exists()
    page = project.text("results/reports/tiny/report.html")
    assert 'id="victim0-training"' in page and 'id="victim1-training"' not in page
    figures = project.folder / "results/reports/tiny/figures/tiny/mel16"
    assert (figures / "paper-cnn/training.svg").exists()
    assert (figures / "mine/accuracy.svg").exists()
    assert not (figures / "mine/training.svg").exists()


def test_another_content_of_the_file_makes_another_victim_and_its_time_does_not(project, tmp_path):
    copied = project.copy(tmp_path / "copy")
    file = copied.folder / "mine.safetensors"
    os.utime(file)
    assert copied.planned() == set()
    save_file({key: value * 1.001 for key, value in load_file(file).items()}, file)
    os.utime(file, (0, 0))  # an older file is another one as well
    planned = copied.planned()
    assert f"victims/tiny/mel16/{MINE}/victim.pt" in planned
    assert f"evaluations/tiny/mel16/{MINE}/none/fgsm/eps0.5.csv" in planned
    assert not any("/paper-cnn/" in path and "figures" not in path for path in planned)


def test_all_recordings_may_be_the_test(project, tmp_path):
    copied = project.copy(tmp_path / "copy")
    config = with_model(study())
    config["study"] |= {"networks": ["mine"], "recipes": []}
    config["split"] = {"by": "all"}
    copied.config = config
    copied.run()
    assert {row["n"] for row in rows(copied, "mine")} == {"180"}


def test_an_order_of_the_labels_that_is_wrong_ends_its_job_with_the_confusion(project, tmp_path):
    copied = project.copy(tmp_path / "copy")
    copied.config = with_model(study(), labels=[*SHUFFLED[1:], SHUFFLED[0]])
    said = copied.failure()
    assert "networks.mine: the model classifies" in said
    assert "the labels may be in another order" in said
