"""Detectors of poisoned training recordings.

A detector is a class that is given its parameters from the config and whose method ``detect`` says
of every training recording how suspicious it is and whether it is to be dropped. It sees what a
defender sees: the recordings with the labels they came with, and a network trained on them. Your
own needs nothing but that method::

    class Mine:
        def __init__(self, threshold: float = 1.0): ...
        def detect(self, evidence: Evidence) -> Detection: ...
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from scipy.cluster.vq import kmeans2
from scipy.spatial.distance import cdist
from torch import nn

from mishear.core.errors import UserError
from mishear.core.random_streams import stream
from mishear.runtime.devices import in_batches

BATCH = 500


@dataclass(frozen=True)
class Evidence:
    """What a detector may look at.

    Attributes
    ----------
    victim : torch.nn.Module
        Trained on the recordings, in evaluation mode.
    inputs : callable
        Gives the spectrograms trained on at some positions, float32 of shape (positions, 1,
        n_mels, frames), dB.
    labels : numpy.ndarray of int64, shape (training recordings,)
        Numbers of the classes the recordings are said to be of.
    device : torch.device
        Where the victim is.
    seed : int
        Of whatever a detector draws.
    """

    victim: nn.Module
    inputs: Callable[[np.ndarray], np.ndarray]
    labels: np.ndarray
    device: torch.device
    seed: int

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def features(self) -> np.ndarray:
        """Penultimate activations, float64 of shape (training recordings, features)."""
        return penultimate_features(self)

    def of_each_class(self) -> Iterator[np.ndarray]:
        """For each class the positions of the recordings said to be of it."""
        for label in np.unique(self.labels):
            yield np.flatnonzero(self.labels == label)


@dataclass(frozen=True)
class Detection:
    """What a detector says of each training recording.

    Attributes
    ----------
    scores : numpy.ndarray of float64, shape (training recordings,)
        Larger is more suspicious.
    flagged : numpy.ndarray of bool, same shape
    """

    scores: np.ndarray
    flagged: np.ndarray


@runtime_checkable
class Detector(Protocol):
    """A detector: any class with this method."""

    def detect(self, evidence: Evidence) -> Detection:
        """Score and flag every training recording."""


def penultimate_features(evidence: Evidence) -> np.ndarray:
    """What goes into the network's last linear layer, for every training recording.

    Raises
    ------
    UserError
        If the network has no ``torch.nn.Linear``.
    """
    layers = [module for module in evidence.victim.modules() if isinstance(module, nn.Linear)]
    if not layers:
        raise UserError(
            f"Detectors that look at activations need a torch.nn.Linear in the network; "
            f"{type(evidence.victim).__name__} has none. Leave them out of this network's study."
        )
    taken: list[torch.Tensor] = []
    hook = layers[-1].register_forward_pre_hook(lambda _, inputs: taken.append(inputs[0]))
    found: list[np.ndarray] = []

    def take(part: slice) -> None:
        taken.clear()
        spectrograms = evidence.inputs(np.arange(part.start, part.stop))
        evidence.victim(torch.from_numpy(spectrograms).to(evidence.device))
        found.append(taken[-1].flatten(1).cpu().numpy())

    with torch.inference_mode():
        in_batches(take, len(evidence), BATCH)
    hook.remove()
    return np.concatenate(found).astype(np.float64)


class SpectralSignatures:
    """Outliers along the main direction in which a class's activations vary.

    Tran, Li, Madry: Spectral signatures in backdoor attacks (2018), algorithm 1: the score is the
    squared projection of the centred activations of a class on their top right singular vector.
    The paper drops a fixed 1.5 times the expected share of poison from every class; so does this.

    Parameters
    ----------
    expected_share
        Expected share of poisoned recordings in a class.
    multiplier
        How much more than that is dropped.
    """

    def __init__(self, expected_share: float = 0.05, multiplier: float = 1.5):
        self.dropped = min(expected_share * multiplier, 1.0)

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
        """Scores of one class from its features, shape (recordings, features)."""
        centred = features - features.mean(axis=0)
        direction = np.linalg.svd(centred, full_matrices=False)[2][0]
        return np.square(centred @ direction)


class ActivationClustering:
    """The smaller of two clusters of a class's activations.

    Chen et al.: Detecting backdoor attacks on deep neural networks by activation clustering
    (2018): for each class the activations are reduced to a few dimensions and divided by 2-means.
    Here the reduction is by principal components, where the paper prefers independent ones. Of
    the paper's three ways to judge the clusters two are used, both of which must agree: relative
    size and silhouette score.

    Parameters
    ----------
    components
        Dimensions the activations are reduced to.
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
    """Centred features in the directions in which they vary most, (recordings, components)."""
    centred = features - features.mean(axis=0)
    return centred @ np.linalg.svd(centred, full_matrices=False)[2][:components].T


def smaller_cluster(points: np.ndarray, seed: int, starts: int = 10) -> np.ndarray:
    """Which points are in the smaller of two clusters; none of fewer than three, or all alike.

    ``scipy.cluster.vq.kmeans2`` with k-means++; the best of several starts.
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
    """Mean silhouette of two clusters (Rousseeuw 1987), -1 to 1; larger is further apart."""
    distances = cdist(points, points)
    values = np.zeros(len(points))
    for cluster in (in_smaller, ~in_smaller):
        own = distances[np.ix_(cluster, cluster)].sum(axis=1) / max(cluster.sum() - 1, 1)
        other = distances[np.ix_(cluster, ~cluster)].mean(axis=1)
        if cluster.sum() > 1:
            values[cluster] = (other - own) / np.maximum(np.maximum(own, other), 1e-12)
    return float(values.mean())


class NeighbourDisagreement:
    """Recordings whose nearest neighbours are said to be of other classes: wrong labels.

    The score is the share of the ``neighbours`` nearest recordings, by the cosine of their
    activations, with another label (as in Bahri et al.: Deep k-NN for noisy labels, 2020).

    Parameters
    ----------
    neighbours
        How many are asked.
    threshold
        Share of other labels from which on a recording is flagged.
    """

    def __init__(self, neighbours: int = 20, threshold: float = 0.6):
        self.neighbours = neighbours
        self.threshold = threshold

    def detect(self, evidence: Evidence) -> Detection:
        features = evidence.features
        lengths = np.linalg.norm(features, axis=1, keepdims=True)
        directions = features / np.maximum(lengths, 1e-12)
        asked = min(self.neighbours, len(evidence) - 1)
        scores = np.empty(len(evidence))
        for start in range(0, len(evidence), BATCH):
            part = np.arange(start, min(start + BATCH, len(evidence)))
            nearness = directions[part] @ directions.T
            nearness[np.arange(len(part)), part] = -np.inf
            nearest = np.argpartition(-nearness, asked - 1, axis=1)[:, :asked]
            differs = evidence.labels[nearest] != evidence.labels[part, None]
            scores[part] = differs.mean(axis=1)
        return Detection(scores, scores >= self.threshold)


class StretchTransplants:
    """Recordings that have others heard as their label: by a short stretch of them, and drowned.

    Two signs of a trigger, each tried on recordings drawn among those with other labels, and each
    measured by the mean probability of the recording's own label:

    - a stretch of time of the recording is put into the others at its place, in the manner of
      SentiNet (Chou, Tramer, Pellegrino, 2018); the stretch that does most counts. A part of a
      spoken word carries its class over less well than a trigger, which is made for it;
    - the recording is mixed with the others made much louder, in the manner of STRIP (Gao et al.,
      2019). Its speech is drowned; a trigger in a place that is silent elsewhere is not.

    The score is the product of both, between 0 and 1. Inputs are taken to be in dB.

    Parameters
    ----------
    length
        Of a stretch, as a share of the input; a trigger should fit into it. Stretches overlap by
        half.
    partners
        Other recordings that each is tried on.
    louder_db
        By how much the others are louder when they drown a recording, dB.
    threshold
        Score from which on a recording is flagged.
    """

    def __init__(
        self,
        length: float = 1 / 6,
        partners: int = 4,
        louder_db: float = 20.0,
        threshold: float = 0.4,
    ):
        self.length = length
        self.partners = partners
        self.louder_db = louder_db
        self.threshold = threshold

    def detect(self, evidence: Evidence) -> Detection:
        partners = other_labels(evidence.labels, self.partners, evidence.seed)
        scores = np.zeros(len(evidence))

        def try_on_partners(part: slice) -> None:
            positions = np.arange(*part.indices(len(evidence)))
            own = torch.from_numpy(evidence.inputs(positions)).to(evidence.device)
            label = torch.from_numpy(evidence.labels[positions]).to(evidence.device)
            stretches = self._stretches(own.shape[-1], evidence.device)
            effects = torch.zeros(len(stretches), len(own), device=evidence.device)
            drowned = torch.zeros(len(own), device=evidence.device)
            for chosen in partners[:, part]:
                other = torch.from_numpy(evidence.inputs(chosen)).to(evidence.device)
                for effect, stretch in zip(effects, stretches, strict=True):
                    effect += heard_as(evidence.victim, torch.where(stretch, own, other), label)
                mixed = add_decibels(own, other + self.louder_db)
                drowned += heard_as(evidence.victim, mixed, label)
            product = effects.amax(0) * drowned / self.partners**2
            scores[part] = product.cpu().numpy()

        with torch.inference_mode():
            in_batches(try_on_partners, len(evidence), BATCH)
        return Detection(scores, scores >= self.threshold)

    def _stretches(self, frames: int, device: torch.device) -> list[torch.Tensor]:
        """For each stretch which frames are in it, bool."""
        width = max(round(self.length * frames), 2)
        numbers = torch.arange(frames, device=device)
        starts = range(0, max(frames - width // 2, 1), width // 2)
        return [(numbers >= start) & (numbers < start + width) for start in starts]


def heard_as(victim: nn.Module, inputs: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """Probability of one class for each input, shape (recordings,)."""
    return victim(inputs).softmax(1).gather(1, label[:, None])[:, 0]


def add_decibels(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """The level of two sounds together, of spectrograms of their power in dB."""
    return 10 * torch.log10(10 ** (one / 10) + 10 ** (other / 10))


def other_labels(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """For each recording the positions of some with another label, shape (count, recordings).

    Raises
    ------
    UserError
        If all have the same label.
    """
    drawn = np.empty((count, len(labels)), int)
    for label in np.unique(labels):
        others = np.flatnonzero(labels != label)
        if not len(others):
            raise UserError("All training recordings have the same label: nothing to compare.")
        members = np.flatnonzero(labels == label)
        random = stream(seed, "transplants", str(label))
        drawn[:, members] = random.choice(others, (count, len(members)))
    return drawn


def detected(detector: Detector, evidence: Evidence) -> Detection:
    """What a detector says, held to what it has to say.

    Raises
    ------
    UserError
        If it does not say it of every recording, or its scores are not numbers.
    """
    detection = detector.detect(evidence)
    shapes = {np.shape(detection.scores), np.shape(detection.flagged)}
    if shapes != {(len(evidence),)} or not np.isfinite(detection.scores).all():
        raise UserError(
            f"{type(detector).__name__}.detect must give a finite score and a flag for each of "
            f"{len(evidence)} recordings."
        )
    return detection
