"""The interface of detectors: their evidence and their verdict.

A detector is a class that is given its parameters from the config. Its method ``detect`` scores
every training recording and flags those to be dropped. It sees what a defender sees: the
recordings with the labels they came with, and a network trained on them. Your own needs nothing
but that method::

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
from torch import nn

from mishear.core.errors import UserError
from mishear.runtime.batching import in_batches

BATCH = 500


@dataclass(frozen=True)
class Evidence:
    """The information that a detector has.

    Attributes
    ----------
    victim : torch.nn.Module
        Trained on the recordings, in evaluation mode.
    inputs : callable
        Returns the inputs trained on at some positions, float32 of shape (positions, 1, ...).
    labels : numpy.ndarray of int64, shape (training recordings,)
        Numbers of the classes the recordings are labelled as.
    device : torch.device
        Device of the victim.
    seed : int
        Seed of the detector's random numbers.
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
        """Yield for each class the positions of the recordings labelled as it."""
        for label in np.unique(self.labels):
            yield np.flatnonzero(self.labels == label)


@dataclass(frozen=True)
class Detection:
    """The verdict of a detector on each training recording.

    Attributes
    ----------
    scores : numpy.ndarray of float64, shape (training recordings,)
        Larger is more suspicious.
    flagged : numpy.ndarray of bool, same shape
        Recordings held to be poisoned.
    """

    scores: np.ndarray
    flagged: np.ndarray


@runtime_checkable
class Detector(Protocol):
    """A detector: any class with this method."""

    def detect(self, evidence: Evidence) -> Detection:
        """Score and flag every training recording."""


def penultimate_features(evidence: Evidence) -> np.ndarray:
    """Compute the inputs of the network's last linear layer for every training recording.

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


def detected(detector: Detector, evidence: Evidence) -> Detection:
    """Run a detector and check its verdict.

    Raises
    ------
    UserError
        If it lacks a recording, or a score is not a finite number.
    """
    detection = detector.detect(evidence)
    shapes = {np.shape(detection.scores), np.shape(detection.flagged)}
    if shapes != {(len(evidence),)} or not np.isfinite(detection.scores).all():
        raise UserError(
            f"{type(detector).__name__}.detect must give a finite score and a flag for each of "
            f"{len(evidence)} recordings."
        )
    return detection
