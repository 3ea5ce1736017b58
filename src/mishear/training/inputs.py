"""The recordings that a network is trained on."""

from dataclasses import dataclass

import numpy as np

from mishear.core.arrays import RowsOnDisk
from mishear.features.split import Division
from mishear.poisoning.training_set import TrainingSet
from mishear.training.losses import Bounds


@dataclass(frozen=True)
class TrainingInputs:
    """The spectrograms trained on, read from disk a batch at a time.

    Attributes
    ----------
    clean, poisoned : array or RowsOnDisk of shape (recordings, 1, ...)
        The whole corpus; ``poisoned`` is None where no spectrogram is poisoned.
    chosen : TrainingSet
        The rows trained on, the labels they are given, and which of them are taken from
        ``poisoned``.
    """

    clean: np.ndarray | RowsOnDisk
    poisoned: np.ndarray | RowsOnDisk | None
    chosen: TrainingSet

    def __len__(self) -> int:
        return len(self.chosen)

    def __getitem__(self, positions: np.ndarray) -> np.ndarray:
        rows = self.chosen.rows[positions]
        inputs = self.clean[rows]
        poisoned = self.chosen.is_poisoned[positions]
        if self.poisoned is not None and poisoned.any():
            inputs[poisoned] = self.poisoned[rows[poisoned]]
        return inputs


@dataclass(frozen=True)
class TrainingData:
    """What a training uses of a corpus.

    Attributes
    ----------
    inputs : TrainingInputs
        The recordings trained on.
    division : Division
        True labels and splits, by which accuracies are measured on clean recordings.
    bounds : tuple of float
        Lowest and highest value of an input, within which noise and adversarial training
        keep their inputs.
    """

    inputs: TrainingInputs
    division: Division
    bounds: Bounds
