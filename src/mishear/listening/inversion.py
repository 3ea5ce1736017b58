"""Invert inputs of a network to sound, to measure how much of an attack on them can be played."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from mishear.core.tables.listening import INVERTED
from mishear.evaluation.results import Results
from mishear.runtime.environment import write_computed

AT_ONCE = 50
"""Recordings that are inverted at once, which bounds the memory."""


def inverted(
    features: np.ndarray, front_end: nn.Module, samples: int, iterations: int
) -> Iterator[np.ndarray]:
    """Compute sound whose features are close to the given ones, a few recordings at a time.

    Parameters
    ----------
    features
        Shape (recordings, 1, ...), in the front end's unit.
    front_end
        One with an inverse.
    samples
        Length of the sound in samples.
    iterations
        Of the inverse, where it has some.

    Yields
    ------
    numpy.ndarray of shape (recordings, samples), float32
        Occasionally beyond full scale; it is clipped when it is saved.
    """
    for start in range(0, len(features), AT_ONCE):
        some = torch.from_numpy(np.asarray(features[start : start + AT_ONCE]))
        with torch.inference_mode():
            yield front_end.inverse(some, samples, iterations).numpy()


def inversion_rows(
    results: Results, classes: Sequence[str], round_trip: np.ndarray, inverted: np.ndarray
) -> Iterator[dict[str, Any]]:
    """Yield the predictions for each recording, on the input and as audio.

    Parameters
    ----------
    results
        Of the evaluation whose adversarial spectrograms were inverted.
    classes
        Labels in the order of the network's outputs.
    round_trip, inverted
        Numbers of the classes predicted for the inverted clean and adversarial spectrograms,
        shape (recordings,).

    Yields
    ------
    dict
        Rows of :data:`mishear.core.tables.listening.INVERTED`.
    """
    labels = np.array(classes)
    pairs = zip(results.rows, labels[round_trip], labels[inverted], strict=True)
    for row, clean, changed in pairs:
        yield {
            **row,
            "round_trip_prediction": str(clean),
            "inverted_prediction": str(changed),
        }


def write_inversions(rows: Iterable[Mapping[str, Any]], path: Path, device: torch.device) -> None:
    """Write the rows of :func:`inversion_rows` with where they were computed."""
    write_computed(INVERTED, rows, path, device)
