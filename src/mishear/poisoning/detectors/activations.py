"""Detectors that look at the activations of the network's penultimate layer."""

import numpy as np
from scipy.cluster.vq import kmeans2
from scipy.spatial.distance import cdist

from mishear.core.random_streams import stream
from mishear.poisoning.detectors.evidence import BATCH, Detection, Evidence


class SpectralSignatures:
    """Flag outliers along the direction in which the activations of a class vary most.

    Tran, Li, Madry: Spectral signatures in backdoor attacks (2018), algorithm 1: the score is the
    squared projection of the centred activations of a class on their top right singular vector.
    As in the paper, a fixed 1.5 times the expected poisoning rate is dropped from every class.

    Parameters
    ----------
    expected_rate
        Expected poisoning rate of a class.
    multiplier
        Factor on this rate; the product is dropped.
    """

    def __init__(self, expected_rate: float = 0.05, multiplier: float = 1.5):
        self.dropped = min(expected_rate * multiplier, 1.0)

    def detect(self, evidence: Evidence) -> Detection:
        scores = np.zeros(len(evidence))
        flagged = np.zeros(len(evidence), bool)
        for members in evidence.of_each_class():
            scores[members] = self.scores(evidence.features[members])
            worst = members[np.argsort(-scores[members], kind="stable")]
            flagged[worst[: round(self.dropped * len(members))]] = True
        return Detection(scores, flagged)

    @staticmethod
    def scores(features: np.ndarray) -> np.ndarray:
        """Score the recordings of one class by their features, shape (recordings, features)."""
        centred = features - features.mean(axis=0)
        direction = np.linalg.svd(centred, full_matrices=False)[2][0]
        return np.square(centred @ direction)


class ActivationClustering:
    """Flag the smaller of two clusters of the activations of a class.

    Chen et al.: Detecting backdoor attacks on deep neural networks by activation clustering
    (2018): for each class the activations are reduced to a few dimensions and divided by 2-means.
    Here the reduction is by principal components, where the paper prefers independent ones. Of
    the paper's three ways to judge the clusters two are used, both of which must agree: relative
    size and silhouette score.

    Parameters
    ----------
    components
        Dimensions to which the activations are reduced.
    largest_share
        Share of the class beyond which the smaller cluster is not suspicious.
    smallest_silhouette
        Mean silhouette below which two clusters count as one.
    """

    def __init__(
        self,
        components: int = 10,
        largest_share: float = 0.35,
        smallest_silhouette: float = 0.3,
    ):
        self.components = components
        self.largest_share = largest_share
        self.smallest_silhouette = smallest_silhouette

    def detect(self, evidence: Evidence) -> Detection:
        scores = np.zeros(len(evidence))
        flagged = np.zeros(len(evidence), bool)
        for members in evidence.of_each_class():
            reduced = principal_components(evidence.features[members], self.components)
            in_smaller = smaller_cluster(reduced, evidence.seed)
            fit = silhouette(reduced, in_smaller) if in_smaller.any() else 0.0
            scores[members] = np.where(in_smaller, fit, -fit)
            suspicious = in_smaller.mean() <= self.largest_share and fit >= self.smallest_silhouette
            flagged[members] = in_smaller & suspicious
        return Detection(scores, flagged)


def principal_components(features: np.ndarray, components: int) -> np.ndarray:
    """Project centred features on their principal components, (recordings, components)."""
    centred = features - features.mean(axis=0)
    return centred @ np.linalg.svd(centred, full_matrices=False)[2][:components].T


def smaller_cluster(points: np.ndarray, seed: int, starts: int = 10) -> np.ndarray:
    """Return which points are in the smaller of two clusters.

    None of fewer than three points, or of equal ones. ``scipy.cluster.vq.kmeans2`` with k-means++;
    the best of several starts.
    """
    if len(points) < 3 or np.allclose(points, points[0]):
        return np.zeros(len(points), bool)
    random = stream(seed, "clusters")
    best = np.zeros(len(points), int)
    smallest = np.inf
    for _ in range(starts):
        centres, clusters = kmeans2(points, 2, minit="++", rng=random, missing="warn")
        spread = np.square(points - centres[clusters]).sum()
        if spread < smallest:
            smallest, best = spread, clusters
    return best == (best.mean() < 0.5)


def silhouette(points: np.ndarray, in_smaller: np.ndarray) -> float:
    """Compute the mean silhouette of two clusters (Rousseeuw 1987), -1 to 1."""
    distances = cdist(points, points)
    values = np.zeros(len(points))
    for cluster in (in_smaller, ~in_smaller):
        own = distances[np.ix_(cluster, cluster)].sum(axis=1) / max(cluster.sum() - 1, 1)
        other = distances[np.ix_(cluster, ~cluster)].mean(axis=1)
        if cluster.sum() > 1:
            values[cluster] = (other - own) / np.maximum(np.maximum(own, other), 1e-12)
    return float(values.mean())


class NeighbourDisagreement:
    """Flag recordings whose nearest neighbours are labelled as other classes: wrong labels.

    The score is the share of the ``neighbours`` nearest recordings, by the cosine of their
    activations, with another label (as in Bahri et al.: Deep k-NN for noisy labels, 2020).

    Parameters
    ----------
    neighbours
        Number of neighbours.
    threshold
        Share of other labels at which a recording is flagged.
    """

    def __init__(self, neighbours: int = 20, threshold: float = 0.6):
        self.neighbours = neighbours
        self.threshold = threshold

    def detect(self, evidence: Evidence) -> Detection:
        features = evidence.features
        lengths = np.linalg.norm(features, axis=1, keepdims=True)
        directions = features / np.maximum(lengths, 1e-12)
        considered = min(self.neighbours, len(evidence) - 1)
        scores = np.empty(len(evidence))
        for start in range(0, len(evidence), BATCH):
            part = np.arange(start, min(start + BATCH, len(evidence)))
            nearness = directions[part] @ directions.T
            nearness[np.arange(len(part)), part] = -np.inf
            nearest = np.argpartition(-nearness, considered - 1, axis=1)[:, :considered]
            differs = evidence.labels[nearest] != evidence.labels[part, None]
            scores[part] = differs.mean(axis=1)
        return Detection(scores, scores >= self.threshold)
