"""The victim and data on which components of other libraries are tried."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import nn

from mishear.core.arrays import RowsOnDisk
from mishear.core.statistics import paired_difference
from mishear.features.split import Division
from mishear.libraries.defences import art_classifier

Measured = dict[str, Any]
"""Some columns of a row of the probe."""


@dataclass(frozen=True)
class Bench:
    """A victim with the data that components are tried on.

    Attributes
    ----------
    network
        The victim's ``class`` and ``params``.
    victim
        Trained, in evaluation mode, parameters frozen.
    clean
        Spectrograms of the whole corpus, shape (recordings, 1, ...).
    division
        Labels and splits.
    bounds
        Lowest and highest dB of the corpus.
    seed
        Seed of all random numbers.
    device
        Device of the victim.
    limit
        Largest number of test recordings, spread over the test split.
    """

    network: Mapping[str, Any]
    victim: nn.Module
    clean: np.ndarray | RowsOnDisk
    division: Division
    bounds: tuple[float, float]
    seed: int
    device: torch.device
    limit: int

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.division.classes)

    def rows(self, split: str) -> np.ndarray:
        """Return the rows of a split that are used."""
        rows = self.division.rows(split)
        return rows[:: math.ceil(len(rows) / self.limit)] if split == "test" else rows

    def inputs(self, split: str) -> np.ndarray:
        """Read the spectrograms of a split."""
        return np.ascontiguousarray(self.clean[self.rows(split)])

    def labels(self, split: str) -> np.ndarray:
        """Return the numbers of the true classes of a split."""
        return self.division.class_indices[self.rows(split)]

    def one_hot(self, split: str) -> np.ndarray:
        """Return the true classes of a split as ART takes them, (recordings, classes)."""
        return np.eye(self.classes, dtype=np.float32)[self.labels(split)]

    def as_art_classifier(self, model: nn.Module, **params) -> Any:
        """Wrap a network as ART's classifier of these spectrograms."""
        return art_classifier(model, self.clean[:1].shape[1:], self.classes, self.bounds, **params)

    def accuracy(self, logits: np.ndarray) -> Measured:
        """Measure the accuracy of logits of the test split, and the loss to the victim alone."""
        correct = logits.argmax(1) == self.labels("test")
        loss, low, high = paired_difference(correct[None], self.undefended[None])
        return {
            "clean_accuracy": float(correct.mean()),
            "n": len(correct),
            "loss": loss,
            "loss_low": low,
            "loss_high": high,
        }

    @cached_property
    def undefended(self) -> np.ndarray:
        """Which test recordings the victim alone classifies correctly, of bool."""
        return self.logits(self.victim).argmax(1) == self.labels("test")

    @torch.no_grad()
    def logits(self, model: nn.Module) -> np.ndarray:
        """Compute the logits of the test split."""
        return model(torch.from_numpy(self.inputs("test")).to(self.device)).cpu().numpy()
