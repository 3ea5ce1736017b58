"""Poison detectors of IBM's Adversarial Robustness Toolbox, on features of a trained network."""

from typing import Any

import numpy as np
from torch import nn

from mishear.libraries.defences import art_classifier
from mishear.libraries.packages import import_library
from mishear.poisoning.detectors import Detection, Evidence


def art_activation_clustering(
    features: np.ndarray, labels: np.ndarray, classes: int, seed: int, **params
) -> np.ndarray:
    """Recordings that ART's ``ActivationDefence`` holds to be poisoned (Chen et al. 2018).

    Parameters
    ----------
    features
        Outputs of the network's last layer but one, shape (recordings, features).
    labels
        Numbers of the classes they were trained as, shape (recordings,).
    classes
        How many classes.
    seed
        Of the clustering.
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
    """Recordings that ART's ``SpectralSignatureDefense`` holds to be poisoned (Tran et al. 2018).

    ART 1.20.1 multiplies the features as they are, not less their mean, with the singular vector
    (the paper's algorithm 1 has them centred).

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
    """A classifier whose last layer gives the features.

    ART takes what it clusters from the last child module of a network; in most that is the
    logits, not the layer before.
    """
    return art_classifier(nn.Sequential(nn.Identity()), features.shape[1:], classes)


def _flags(detector: Any, **params) -> np.ndarray:
    _, is_clean = detector.detect_poison(**params)
    return np.array(is_clean) == 0


class ArtActivationClustering:
    """ART's ``ActivationDefence`` as a detector of Mishear.

    Parameters
    ----------
    params
        Of :func:`art_activation_clustering`.
    """

    def __init__(self, **params):
        self.params = params

    def detect(self, evidence: Evidence) -> Detection:
        """Flag recordings; ART gives no scores."""
        classes = int(evidence.labels.max()) + 1
        return _detection(
            art_activation_clustering(
                evidence.features, evidence.labels, classes, evidence.seed, **self.params
            )
        )


class ArtSpectralSignatures:
    """ART's ``SpectralSignatureDefense`` as a detector of Mishear.

    Parameters
    ----------
    params
        Of :func:`art_spectral_signatures`.
    """

    def __init__(self, **params):
        self.params = params

    def detect(self, evidence: Evidence) -> Detection:
        """Flag recordings; ART gives no scores."""
        classes = int(evidence.labels.max()) + 1
        return _detection(
            art_spectral_signatures(evidence.features, evidence.labels, classes, **self.params)
        )


def _detection(flagged: np.ndarray) -> Detection:
    return Detection(scores=flagged.astype(float), flagged=flagged)
