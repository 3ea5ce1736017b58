"""Fold waveforms to near squares, for attacks that change squares of an image."""

import math

import torch
from torch.nn import functional


def folded(inputs: torch.Tensor) -> torch.Tensor:
    """Fold waveforms to near squares, shape (recordings, 1, rows, columns).

    Zeros are added at the end where the number of samples has no factors that are near each other.

    Parameters
    ----------
    inputs
        Shape (recordings, 1, samples) or (recordings, 1, 1, samples). Any other is left as it is.
    """
    if inputs.ndim != 3 and inputs.shape[-2] != 1:
        return inputs
    samples = inputs.shape[-1]
    root = math.isqrt(samples)
    rows = next(each for each in range(root, 0, -1) if samples % each == 0)
    if rows < root / 2:
        rows = root
    padded = functional.pad(inputs, (0, -samples % rows))
    return padded.reshape(len(inputs), 1, rows, -1)


def unfolded(found: torch.Tensor, inputs: torch.Tensor) -> torch.Tensor:
    """Return what was folded from inputs in their shape, without the zeros at the end."""
    samples = inputs[0].numel()
    return found.flatten(1)[:, :samples].reshape(len(found), *inputs.shape[1:])
