"""Detectors of poisoned training recordings: those that a config names without a dot."""

from mishear.poisoning.detectors.activations import (
    ActivationClustering,
    NeighbourDisagreement,
    SpectralSignatures,
)
from mishear.poisoning.detectors.evidence import Detection, Detector, Evidence, detected
from mishear.poisoning.detectors.transplants import StretchTransplants

__all__ = [
    "ActivationClustering",
    "Detection",
    "Detector",
    "Evidence",
    "NeighbourDisagreement",
    "SpectralSignatures",
    "StretchTransplants",
    "detected",
]
