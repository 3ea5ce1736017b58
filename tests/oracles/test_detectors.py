"""Mishear's detectors of poison judge as those of ART do."""

import numpy as np
import pytest

from mishear.poisoning.detectors import Evidence, SpectralSignatures
from mishear.poisoning.detectors.activations import principal_components, smaller_cluster
from mishear.poisoning.detectors.evidence import penultimate_features
from mishear.poisoning.training_set import TrainingSet
from mishear.training.inputs import TrainingInputs

from .conftest import CPU, run_apart

AGREEMENT = 0.98
"""Least share of recordings that both put in the same cluster of a planted class, where 2-means
has one answer."""
AS_TIGHT = 1.05
"""Largest sum of squares around the centres of our two clusters, of that around those of ART's."""


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


def sum_of_squares(points, clusters):
    """What 2-means minimises: squared distances to the centre of the cluster, summed."""
    return sum(
        np.square(points[clusters == each] - points[clusters == each].mean(axis=0)).sum()
        for each in np.unique(clusters)
    )


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
    """Real classes have no two clusters that lie apart.

    2-means then has several solutions about as good, and rounding decides which one is found: on
    four CPUs, or one that was told to be another, the two agreed on 0.54 to 1 of the recordings of
    a class. What must hold is that ours is about as good as ART's or better, by what 2-means
    minimises. Cutting a class in two at random gives sums that are 5 to 20 % larger.
    """
    count = len(bench.labels)
    labels = bench.labels.numpy()
    chosen = TrainingSet(np.arange(count), labels, np.zeros(count, bool))
    inputs = TrainingInputs(bench.inputs.numpy(), None, chosen).__getitem__
    features = penultimate_features(Evidence(bench.model, inputs, labels, CPU, 0))
    classes = [features[labels == label] for label in range(bench.classes)]
    answers = art(classes)
    assert_same_scores(classes, answers)
    for activations, (_, clusters) in zip(classes, answers, strict=True):
        points = principal_components(activations, 10)
        own = sum_of_squares(points, smaller_cluster(points, seed=0))
        assert own <= AS_TIGHT * sum_of_squares(points, clusters)
