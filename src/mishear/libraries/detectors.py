"""Adapt the poison detectors of IBM's Adversarial Robustness Toolbox."""

from typing import Any

import numpy as np
from torch import nn

from mishear.libraries.defences import art_classifier
from mishear.libraries.packages import import_library
from mishear.poisoning.detectors import Detection, Evidence


def art_activation_clustering(
    features: np.ndarray, labels: np.ndarray, classes: int, seed: int, **params
) -> np.ndarray:
    """Flag recordings by ART's ``ActivationDefence`` (Chen et al. 2018).

    Parameters
    ----------
    features
        Penultimate activations of the network, shape (recordings, features).
    labels
        Numbers of the classes they are labelled as, shape (recordings,).
    classes
        Number of classes.
    seed
        Seed of the clustering.
    params
        Keyword arguments of ``detect_poison``, such as ``nb_dims`` or ``cluster_analysis``.

    Returns
    -------
    numpy.ndarray of bool, shape (recordings,)
    """
    found = import_library("art.defences.detector.poison").ActivationDefence
    np.random.seed(seed)
    return _flags(found(_of_features(features, classes), features, labels), **params)


def art_spectral_signatures(
    features: np.ndarray, labels: np.ndarray, classes: int, **params
) -> np.ndarray:
    """Flag recordings by ART's ``SpectralSignatureDefense`` (Tran et al. 2018).

    ART 1.20.1 projects the features on the singular vector without centring them; the paper's
    algorithm 1 centres them.

    Parameters
    ----------
    features, labels, classes
        As for :func:`art_activation_clustering`.
    params
        Keyword arguments of the class: ``expected_pp_poison``, ``eps_multiplier``.

    Returns
    -------
    numpy.ndarray of bool, shape (recordings,)
    """
    found = import_library("art.defences.detector.poison").SpectralSignatureDefense
    return _flags(found(_of_features(features, classes), features, labels, **params))


def _of_features(features: np.ndarray, classes: int) -> Any:
    """Build a classifier whose last layer returns the features.

    ART takes activations from the last child module of a network; in most networks these are the
    logits, not the penultimate activations.
    """
    return art_classifier(nn.Sequential(nn.Identity()), features.shape[1:], classes)


def _flags(detector: Any, **params) -> np.ndarray:
    _, is_clean = detector.detect_poison(**params)
    return np.array(is_clean) == 0


class ArtActivationClustering:
    """Flag poisoned recordings by ART's ``ActivationDefence``.

    Parameters
    ----------
    params
        Those of :func:`art_activation_clustering`.
    """

    def __init__(self, **params):
        self.params = params

    def detect(self, evidence: Evidence) -> Detection:
        """Flag recordings; ART returns no scores."""
        classes = int(evidence.labels.max()) + 1
        return _detection(
            art_activation_clustering(
                evidence.features, evidence.labels, classes, evidence.seed, **self.params
            )
        )


class ArtSpectralSignatures:
    """Flag poisoned recordings by ART's ``SpectralSignatureDefense``.

    Parameters
    ----------
    params
        Those of :func:`art_spectral_signatures`.
    """

    def __init__(self, **params):
        self.params = params

    def detect(self, evidence: Evidence) -> Detection:
        """Flag recordings; ART returns no scores."""
        classes = int(evidence.labels.max()) + 1
        return _detection(
            art_spectral_signatures(evidence.features, evidence.labels, classes, **self.params)
        )


def _detection(flagged: np.ndarray) -> Detection:
    return Detection(scores=flagged.astype(float), flagged=flagged)
