"""Activations give away groups apart and wrong labels."""

import numpy as np
import pytest

from mishear.poisoning.detectors import (
    ActivationClustering,
    NeighbourDisagreement,
    SpectralSignatures,
    detected,
)
from mishear.poisoning.detectors.activations import silhouette, smaller_cluster
from tests.unit.poisoning.detectors.examples import evidence_of


def test_clusters_find_a_group_apart_and_leave_a_whole_class_alone(planted):
    evidence, is_planted = planted
    found = ActivationClustering(components=4).detect(evidence)
    assert np.array_equal(found.flagged, is_planted)
    assert found.scores[is_planted].min() > found.scores[~is_planted].max()


def test_spectral_signatures_score_a_group_apart_highest(planted):
    evidence, is_planted = planted
    found = SpectralSignatures(expected_rate=0.2, multiplier=1.0).detect(evidence)
    assert found.flagged[is_planted].all()
    assert found.flagged[:100].sum() == found.flagged[100:].sum() == 20


def test_wrong_labels_disagree_with_their_neighbours():
    labels = np.repeat([0, 1], 100)
    features = np.random.default_rng(1).normal(size=(200, 6))
    features[np.arange(200), labels] += 15
    wrong = np.isin(np.arange(200), [3, 50, 120, 177])
    evidence = evidence_of(features, np.where(wrong, 1 - labels, labels))
    assert np.array_equal(NeighbourDisagreement().detect(evidence).flagged, wrong)


@pytest.mark.parametrize("detector", [ActivationClustering(), SpectralSignatures()])
def test_recordings_that_are_all_alike_can_be_judged(detector):
    detected(detector, evidence_of(np.ones((12, 5)), np.arange(12) % 2))


def test_clusters_and_silhouette_of_two_points_each():
    points = np.array([[0.0], [1.0], [10.0], [11.0], [12.0]])
    in_smaller = smaller_cluster(points, seed=0)
    assert in_smaller.tolist() == [True, True, False, False, False]
    own = np.array([1, 1, 1.5, 1, 1.5])
    other = np.array([11, 10, 9.5, 10.5, 11.5])
    assert silhouette(points, in_smaller) == pytest.approx(np.mean((other - own) / other))
