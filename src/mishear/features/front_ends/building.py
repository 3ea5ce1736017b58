"""Build front ends, and compute features with them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from mishear.core.plugins import FAMILIES


def build_front_end(definition: Mapping[str, Any], where: str = "front_ends") -> nn.Module:
    """Build a front end as a differentiable module without trainable parameters.

    Parameters
    ----------
    definition
        Mapping with ``class``, ``params`` and ``sample_rate``.
    where
        Its key in the config, for messages.

    Returns
    -------
    torch.nn.Module
        Maps waveforms of shape (recordings, 1, samples) to features of shape (recordings, 1, ...).

    Raises
    ------
    UserError
        If the definition is wrong.
    """
    sample_rate = definition["sample_rate"]
    front_end = FAMILIES["front_ends"].build(definition, where, sample_rate=sample_rate)
    return front_end.eval().requires_grad_(False)


def unit_of(front_end: nn.Module) -> str:
    """Return the unit of a front end's values; empty if it states none."""
    return getattr(front_end, "unit", "")


def range_of(front_end: nn.Module) -> tuple[float, float]:
    """Return the lowest and highest value that a front end states; infinite if it states none."""
    return getattr(front_end, "range", (-np.inf, np.inf))


def can_be_inverted(front_end: type[nn.Module]) -> bool:
    """Return whether the class of a front end has an inverse."""
    return callable(getattr(front_end, "inverse", None))


def features(chunks: Iterable[np.ndarray], definition: Mapping[str, Any]) -> Iterator[np.ndarray]:
    """Compute the features of chunks of waveforms.

    Parameters
    ----------
    chunks
        Arrays of shape (recordings, samples).
    definition
        Of the front end, as for :func:`build_front_end`.

    Yields
    ------
    numpy.ndarray of shape (recordings, 1, ...), float32
        In the front end's unit.
    """
    front_end = build_front_end(definition)
    for chunk in chunks:
        with torch.inference_mode():
            # A copy: torch warns about arrays that it must not write to, such as those on disk.
            batch = torch.from_numpy(np.array(chunk, dtype=np.float32))
            yield front_end(batch.unsqueeze(1)).numpy()
