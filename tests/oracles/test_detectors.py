"""Mishear's detectors of poison judge as those of ART do."""

import numpy as np
import pytest

from mishear.poisoning.detectors import (
    Evidence,
    SpectralSignatures,
    penultimate_features,
    principal_components,
    smaller_cluster,
)
from mishear.poisoning.training_set import TrainingSet
from mishear.training.trainer import TrainingInputs

from .conftest import CPU, run_apart

AGREEMENT = 0.98
"""Least share of recordings that both put in the same cluster of a planted class, where 2-means
has one answer; of real activations, where it has several about as good, see ``ON_REAL``."""
ON_REAL = 0.75


def planted(count=5):
    """Classes of 200 activations of which a fifth lies apart."""
    random = np.random.default_rng(0)
    classes = []
    for _ in range(count):
        activations = random.normal(size=(200, 64)) * np.linspace(2, 0.3, 64)
        activations[:40] += random.normal(size=64)
        classes.append(activations)
    return classes


@pytest.fixture(scope="module")
def art(libraries_folder, tmp_path_factory):
    """Function that has ART judge the activations of some classes."""

    def judge(classes):
        folder = tmp_path_factory.mktemp("art")
        np.savez(folder / "in.npz", **{f"class{n}": part for n, part in enumerate(classes)})
        run_apart("run_detectors.py", "in.npz", "out.npz", folder=folder)
        with np.load(folder / "out.npz") as answers:
            return [
                (answers[f"scores{number}"], answers[f"clusters{number}"])
                for number in range(len(classes))
            ]

    return judge


def agreement(classes, answers):
    """For each class the share of recordings that both have in the same cluster."""
    shares = []
    for activations, (_, clusters) in zip(classes, answers, strict=True):
        own = smaller_cluster(principal_components(activations, 10), seed=0)
        same = np.mean(own == clusters)
        shares.append(max(same, 1 - same))
    return shares


def assert_same_scores(classes, answers):
    for activations, (scores, _) in zip(classes, answers, strict=True):
        assert np.allclose(SpectralSignatures.scores(activations), scores**2, rtol=1e-6)


def test_planted_groups_are_judged_alike(art):
    classes = planted()
    answers = art(classes)
    assert_same_scores(classes, answers)
    assert min(agreement(classes, answers)) >= AGREEMENT


def test_real_activations_are_judged_alike(art, bench):
    count = len(bench.labels)
    labels = bench.labels.numpy()
    chosen = TrainingSet(np.arange(count), labels, np.zeros(count, bool))
    inputs = TrainingInputs(bench.inputs.numpy(), None, chosen).__getitem__
    features = penultimate_features(Evidence(bench.model, inputs, labels, CPU, 0))
    classes = [features[labels == label] for label in range(bench.classes)]
    answers = art(classes)
    assert_same_scores(classes, answers)
    assert np.mean(agreement(classes, answers)) >= ON_REAL
