"""The size of a network."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mishear.training.building import load_victim


def number_of_parameters(
    definition: Mapping[str, Any], classes: Sequence[str], weights: Path
) -> int | None:
    """Return the number of parameters of a victim; running means of batches are none.

    That of a model that gives only scores is not known: None.

    Parameters
    ----------
    definition
        See :func:`mishear.study.networks.network_definition`.
    classes
        Labels of the corpus.
    weights
        See :func:`mishear.training.building.load_victim`.
    """
    import torch

    if "scores_only" in definition:
        return None
    victim = load_victim(definition, classes, weights, torch.device("cpu"))
    return sum(parameter.numel() for parameter in victim.parameters())
