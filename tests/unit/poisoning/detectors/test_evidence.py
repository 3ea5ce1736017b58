"""Evidence is what a defender sees; a detector is held to its word."""

import numpy as np
import pytest
from torch import nn

from mishear.core.errors import UserError
from mishear.core.plugins import FAMILIES
from mishear.poisoning.detectors import (
    ActivationClustering,
    Detection,
    Evidence,
    NeighbourDisagreement,
    SpectralSignatures,
    StretchTransplants,
    detected,
)
from tests.unit.poisoning.detectors.examples import CPU, evidence_of


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
        ({"class": "Evidence", "params": {}}, "is not a detector"),
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
