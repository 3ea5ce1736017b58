"""Detectors of ART give a verdict in Mishear's form, or say that ART is missing."""

import numpy as np
import pytest
import torch
from torch import nn

from mishear.core.errors import UserError
from mishear.libraries import detectors
from mishear.libraries.detectors import ArtActivationClustering, ArtSpectralSignatures
from mishear.poisoning.detectors import Evidence, detected


@pytest.fixture
def evidence():
    inputs = np.random.default_rng(0).normal(size=(12, 1, 2, 2)).astype(np.float32)
    network = nn.Sequential(nn.Flatten(), nn.Linear(4, 2)).eval()
    labels = np.arange(12) % 2
    return Evidence(network, inputs.__getitem__, labels, torch.device("cpu"), 3)


@pytest.mark.parametrize("detector", [ArtActivationClustering(), ArtSpectralSignatures()])
def test_art_that_is_not_installed_is_said(detector, evidence):
    with pytest.raises(UserError, match="art.defences.detector.poison cannot be imported"):
        detector.detect(evidence)


@pytest.mark.parametrize(
    ("detector", "function", "given"),
    [
        (ArtActivationClustering(nb_dims=5), "art_activation_clustering", (2, 3)),
        (ArtSpectralSignatures(expected_pp_poison=0.1), "art_spectral_signatures", (2,)),
    ],
)
def test_flags_become_scores_and_params_are_passed_on(
    detector, function, given, evidence, monkeypatch
):
    flags = np.arange(12) == 4
    seen = []

    def stub(features, labels, *rest, **params):
        seen.append((features.shape, rest, params))
        return flags

    monkeypatch.setattr(detectors, function, stub)
    detection = detected(detector, evidence)
    assert np.array_equal(detection.flagged, flags)
    assert np.array_equal(detection.scores, flags.astype(float))
    assert seen == [((12, 4), given, detector.params)]
