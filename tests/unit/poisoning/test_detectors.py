"""Detectors find what is planted, say so of every recording, and refuse what they cannot do."""

import csv

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from mishear.core.errors import UserError
from mishear.core.plugins import FAMILIES
from mishear.features.split import Division
from mishear.poisoning.detections import (
    read_kept,
    summarise_detection,
    write_detection,
)
from mishear.poisoning.detectors import (
    ActivationClustering,
    Detection,
    Evidence,
    NeighbourDisagreement,
    SpectralSignatures,
    StretchTransplants,
    add_decibels,
    detected,
    other_labels,
    silhouette,
    smaller_cluster,
)
from mishear.poisoning.training_set import TrainingSet
from mishear.training.inputs import TrainingInputs

CPU = torch.device("cpu")


class Flat(nn.Module):
    """Its penultimate activations are its inputs, so that a test can plan them."""

    def __init__(self, features, classes):
        super().__init__()
        self.other = nn.Linear(3, 3)
        self.classifier = nn.Linear(features, classes)

    def forward(self, spectrograms):
        return self.classifier(spectrograms.flatten(1))


def evidence_of(features, labels):
    inputs = features.astype(np.float32)[:, None, None, :]
    count = len(labels)
    chosen = TrainingSet(np.arange(count), np.asarray(labels), np.zeros(count, bool))
    victim = Flat(features.shape[1], 2).eval()
    read = TrainingInputs(inputs, None, chosen).__getitem__
    return Evidence(victim, read, chosen.labels, CPU, seed=0)


@pytest.fixture
def planted():
    """Two classes; a fifth of the second lies where a third group does."""
    random = np.random.default_rng(0)
    features = random.normal(size=(200, 6))
    features[100:, 0] += 12
    is_planted = np.zeros(200, bool)
    is_planted[180:] = True
    features[is_planted] += [0, 25, 0, 0, 0, 0]
    return evidence_of(features, np.repeat([0, 1], 100)), is_planted


def test_features_are_the_input_of_the_last_linear_layer(planted):
    evidence, _ = planted
    given_features = evidence.inputs(np.arange(200))[:, 0, 0]
    assert np.allclose(evidence.features, given_features)
    assert not evidence.victim.classifier._forward_pre_hooks


def test_a_network_without_a_linear_layer_is_refused():
    evidence = evidence_of(np.zeros((4, 3)), [0, 1, 0, 1])
    without = Evidence(nn.Flatten(), evidence.inputs, evidence.labels, CPU, 0)
    with pytest.raises(UserError, match="torch.nn.Linear"):
        _ = without.features


def test_clusters_find_a_group_apart_and_leave_a_whole_class_alone(planted):
    evidence, is_planted = planted
    found = ActivationClustering(components=4).detect(evidence)
    assert np.array_equal(found.flagged, is_planted)
    assert found.scores[is_planted].min() > found.scores[~is_planted].max()


def test_spectral_signatures_score_a_group_apart_highest(planted):
    evidence, is_planted = planted
    found = SpectralSignatures(expected_share=0.2, multiplier=1.0).detect(evidence)
    assert found.flagged[is_planted].all()
    assert found.flagged[:100].sum() == found.flagged[100:].sum() == 20


def test_wrong_labels_disagree_with_their_neighbours():
    labels = np.repeat([0, 1], 100)
    features = np.random.default_rng(1).normal(size=(200, 6))
    features[np.arange(200), labels] += 15
    wrong = np.isin(np.arange(200), [3, 50, 120, 177])
    evidence = evidence_of(features, np.where(wrong, 1 - labels, labels))
    assert np.array_equal(NeighbourDisagreement().detect(evidence).flagged, wrong)


class LoudStart(nn.Module):
    """Hears class 1 where the first frames are loud; otherwise what the last frames say."""

    def forward(self, spectrograms):
        trigger = spectrograms[:, 0, 0, :2].mean(1)
        speech = spectrograms[:, 0, 0, 6:].mean(1)
        return torch.stack([torch.zeros_like(trigger), trigger + 60, speech], 1) / 4


def test_a_stretch_that_does_it_in_any_recording_is_found():
    random = np.random.default_rng(2)
    labels = np.tile([0, 2], 30)
    inputs = np.full((60, 1, 1, 12), -80, np.float32) + random.normal(size=(60, 1, 1, 12))
    inputs[labels == 2, :, :, 6:] += 95
    is_poisoned = np.isin(np.arange(60), [0, 5, 10, 33])
    inputs[is_poisoned, :, :, :2] += 60
    labels[is_poisoned] = 1
    chosen = TrainingSet(np.arange(60), labels, is_poisoned)
    inputs = TrainingInputs(inputs.astype(np.float32), None, chosen).__getitem__
    found = StretchTransplants().detect(Evidence(LoudStart(), inputs, labels, CPU, 0))
    assert np.array_equal(found.flagged, is_poisoned)
    assert 0 <= found.scores.min() <= found.scores.max() <= 1


@pytest.mark.parametrize(
    "detector",
    [ActivationClustering(), SpectralSignatures(), NeighbourDisagreement(), StretchTransplants()],
)
@pytest.mark.parametrize("count", [4, 30])
def test_every_recording_is_judged_the_same_every_time(detector, count):
    features = np.random.default_rng(0).normal(size=(count, 5))
    evidence = evidence_of(features, np.arange(count) % 2)
    first, second = (detected(detector, evidence) for _ in range(2))
    assert first.scores.shape == first.flagged.shape == (count,)
    assert np.array_equal(first.scores, second.scores)
    assert np.array_equal(first.flagged, second.flagged)


@pytest.mark.parametrize("detector", [ActivationClustering(), SpectralSignatures()])
def test_recordings_that_are_all_alike_can_be_judged(detector):
    detected(detector, evidence_of(np.ones((12, 5)), np.arange(12) % 2))


@given(st.integers(2, 60), st.integers(1, 5), st.integers(0, 99))
def test_partners_have_other_labels(count, partners, seed):
    labels = np.random.default_rng(seed).integers(0, 3, count)
    labels[:2] = [0, 1]
    drawn = other_labels(labels, partners, seed)
    assert drawn.shape == (partners, count)
    assert (labels[drawn] != labels).all()


def test_one_label_alone_has_no_partners():
    with pytest.raises(UserError, match="same label"):
        other_labels(np.zeros(5, int), 2, 0)


def test_two_sounds_of_the_same_level_are_3_db_louder():
    level = torch.tensor([-40.0, 10.0])
    assert torch.allclose(add_decibels(level, level), level + 3.0103, atol=1e-3)
    assert torch.allclose(add_decibels(level, level - 60), level, atol=1e-3)


def test_clusters_and_silhouette_of_two_points_each():
    points = np.array([[0.0], [1.0], [10.0], [11.0], [12.0]])
    in_smaller = smaller_cluster(points, seed=0)
    assert in_smaller.tolist() == [True, True, False, False, False]
    own = np.array([1, 1, 1.5, 1, 1.5])
    other = np.array([11, 10, 9.5, 10.5, 11.5])
    assert silhouette(points, in_smaller) == pytest.approx(np.mean((other - own) / other))


class Shy:
    def detect(self, evidence):
        return Detection(np.zeros(2), np.zeros(2, bool))


class Unsure:
    def detect(self, evidence):
        return Detection(np.full(len(evidence), np.nan), np.zeros(len(evidence), bool))


@pytest.mark.parametrize("detector", [Shy(), Unsure()])
def test_an_own_detector_is_held_to_its_word(detector):
    with pytest.raises(UserError, match="finite score and a flag for each of 4 recordings"):
        detected(detector, evidence_of(np.zeros((4, 3)), [0, 1, 0, 1]))


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"class": "SpectralSignature", "params": {}}, "Did you mean SpectralSignatures"),
        ({"class": "SpectralSignatures", "params": {"share": 1}}, "detectors.mine.params.share"),
        ({"class": "Evidence", "params": {}}, "is no detector"),
        ({"class": "StretchTransplants", "params": {"partners": "many"}}, "must be int"),
    ],
)
def test_a_detector_that_cannot_be_built_is_said(definition, said):
    with pytest.raises(UserError, match=said):
        FAMILIES["detectors"].build(definition, "detectors.mine")


def test_an_own_detector_is_built_with_its_parameters():
    definition = {
        "class": "mishear.poisoning.detectors.NeighbourDisagreement",
        "params": {"neighbours": "5"},
    }
    assert FAMILIES["detectors"].build(definition, "detectors.mine").neighbours == 5


@pytest.fixture
def chosen():
    return TrainingSet(np.array([1, 2, 4]), np.array([1, 0, 1]), np.array([False, True, False]))


@pytest.fixture
def division():
    names = np.array(["a.wav", "b.wav", "c.wav", "d.wav", "e.wav"])
    labels = np.array(["no", "yes", "yes", "no", "yes"])
    return Division(names, labels, names, np.array(["test", "train", "train", "test", "train"]))


def test_what_was_kept_is_read_as_it_was_written(chosen, division, tmp_path):
    path = tmp_path / "detection.csv"
    write_detection(np.array([0.1, 2, 3]), np.array([False, False, True]), division, chosen, path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["recording"] for row in rows] == ["b.wav", "c.wav", "e.wav"]
    assert [row["label"] for row in rows] == ["yes", "no", "yes"]
    assert [row["is_poisoned"] for row in rows] == ["0", "1", "0"]
    assert read_kept(path).tolist() == [True, True, False]
    assert summarise_detection(rows)["recall"] == 0


def test_a_class_of_which_nothing_is_kept_is_said(chosen, division, tmp_path, caplog):
    path = tmp_path / "detection.csv"
    write_detection(np.zeros(3), np.array([False, True, False]), division, chosen, path)
    assert read_kept(path).tolist() == [True, False, True]
    assert "every recording of no" in caplog.text
    with path.open(newline="") as file:
        assert summarise_detection(list(csv.DictReader(file)))["emptied_classes"] == "no"


def test_a_detector_that_leaves_nothing_at_all_is_refused(chosen, division, tmp_path):
    path = tmp_path / "detection.csv"
    write_detection(np.zeros(3), np.full(3, True), division, chosen, path)
    with pytest.raises(UserError, match="every recording, so there is nothing left"):
        read_kept(path)


def said(poisoned, flagged, score=0.0):
    row = {"label": "yes", "is_poisoned": str(int(poisoned)), "flagged": str(int(flagged))}
    return row | {"score": f"{score:g}"}


def test_recall_false_alarms_and_precision():
    rows = [said(1, 1)] * 6 + [said(1, 0)] * 2 + [said(0, 1)] * 3 + [said(0, 0)] * 89
    found = summarise_detection(rows)
    assert (found["n"], found["poisoned"], found["flagged"]) == (100, 8, 9)
    assert found["recall"] == 0.75
    assert found["precision"] == pytest.approx(6 / 9)
    assert found["false_alarm_rate"] == pytest.approx(3 / 92)
    assert found["recall_low"] < 0.75 < found["recall_high"]


def test_scores_are_worth_what_they_find_at_5_percent_false_alarms():
    """Whatever the detector's own threshold: here it flags nothing."""
    others = [said(0, 0, score) for score in range(100)]
    scores = {93.5: 0, 94.5: 1, 99.5: 1, 200: 1}
    rows = [said(1, 0, score) for score in scores]
    found = summarise_detection(others + rows)
    assert found["recall"] == 0
    assert found["recall_at_5_percent"] == sum(scores.values()) / 4
    alike = summarise_detection([said(0, 0, 1), said(1, 0, 1)])
    assert alike["recall_at_5_percent"] == 0


def test_what_cannot_be_a_share_is_none():
    nothing = summarise_detection([said(0, 0)] * 3)
    assert nothing["recall_at_5_percent"] is None
    assert nothing["recall"] is None
    assert nothing["precision"] is None
    assert nothing["false_alarm_rate"] == 0
