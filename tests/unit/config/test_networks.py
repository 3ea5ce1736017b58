"""A network names its class, or its weights and what they need."""

import pytest

from mishear.config.networks import Network
from tests.unit.config.changes import assert_refused, put

LABELLED = {"labels": ["a", "b"]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("networks/x", {}), ["networks.x", "needs the key class"]),
        (
            put("networks/x", {"class": "A", "labels": ["a", "b"]}),
            ["labels is for a trained"],
        ),
        (put("networks/x", {"class": "A", "trust": True}), ["trust is for a trained model"]),
        (put("networks/x", {"class": "A", "weights": "x"}), ["networks.x", "needs the key labels"]),
        (put("networks/x", {"weights": "x", "labels": ["a", "b"]}), ["needs the key class"]),
        (
            put("networks/x", {"class": "A", "weights": "x", "labels": ["a", "a"]}),
            ["networks.x.labels", "more than once: a"],
        ),
        (
            put("networks/x", {"class": "A", "weights": "x", "labels": [True, "a"]}),
            ["networks.x.labels", "put it in quotes"],
        ),
        (put("networks/x", {"class": "HuggingFace"}), ["networks.x", "needs the key weights, the"]),
        (
            put("networks/x", {"class": "HuggingFace", "weights": "x", "trust": True}),
            ["trust has no meaning", "no code in the folder is run"],
        ),
        (
            put("networks/x", {"class": "HuggingFace", "weights": "x", "params": {"a": 1}}),
            ["params has no meaning", "config.json"],
        ),
        (put("networks/x", {"class": "A", "parms": {}}), ["networks.x.parms", "'params'"]),
        (put("networks/x", {"class": "A", "scores_only": True}), ["needs the key labels, in the"]),
        (put("networks/x", {"scores_only": True, **LABELLED}), ["needs either class or command"]),
        (
            put("networks/x", {"class": "A", "command": ["b"], **LABELLED}),
            ["either class or comma"],
        ),
        (put("networks/x", {"command": ["b"], "params": {"c": 1}, **LABELLED}), ["into command"]),
        (
            put("networks/x", {"command": ["b"], "weights": "w", **LABELLED}),
            ["weights is for netw"],
        ),
        (put("networks/x", {"command": "b c", **LABELLED}), ["networks.x.command", "valid list"]),
        (put("networks/x", {"command": [], **LABELLED}), ["networks.x.command", "at least 1 item"]),
        (put("networks/x", {"class": "A", "timeout": 3}), ["timeout is for a model that gives on"]),
        (put("networks/x", {"class": "A", "files": ["f"]}), ["files is for a model that gives on"]),
        (put("networks/x", {"command": ["b"], "timeout": 0, **LABELLED}), ["networks.x.timeout"]),
        (
            put("networks/x", {"class": "A", "attacks": ["pdg"]}),
            ["networks.x.attacks: 'pdg' is not defined", "did you mean 'pgd'"],
        ),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)


def test_labels_may_be_numbers_and_a_trusted_file_needs_no_class():
    found = Network(weights="x.pt", labels=[1, 0], trust=True)
    assert found.labels == ["1", "0"]
    assert found.is_trained and not Network(class_="PaperCNN").is_trained


def test_a_folder_needs_no_labels():
    found = Network(**{"class": "HuggingFace", "weights": "folder"})
    assert found.is_trained and found.is_folder and found.labels is None
    assert not Network(weights="x.pt", labels=[1, 0], trust=True).is_folder


def test_words_of_a_command_may_be_numbers_and_its_network_came_trained():
    found = Network(command=["python", "serve.py", 8080], **LABELLED)
    assert found.command == ["python", "serve.py", "8080"] and found.timeout == 60
    assert found.is_trained and found.is_scores_only
    assert Network(class_="my.Model", scores_only=True, **LABELLED).is_scores_only
    assert not Network(class_="PaperCNN").is_scores_only
