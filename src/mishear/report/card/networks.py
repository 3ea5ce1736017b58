"""The size of a network."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mishear.training.building import load_victim


def number_of_parameters(
    definition: Mapping[str, Any], classes: Sequence[str], weights: Path
) -> int:
    """Return the number of parameters of a victim; running means of batches are none.

    Parameters
    ----------
    definition
        Section of the network in the config.
    classes
        Labels of the corpus.
    weights
        See :func:`mishear.training.building.load_victim`.
    """
    import torch

    victim = load_victim(definition, classes, weights, torch.device("cpu"))
    return sum(parameter.numel() for parameter in victim.parameters())
