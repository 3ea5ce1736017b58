"""The norms in which a perturbation is limited and measured."""

from typing import Any

import numpy as np
import torch

from mishear.core.errors import UserError

NORMS = {0: "l0", 1: "l1", 2: "l2", np.inf: "linf"}


def norm_of(attack: Any, where: str = "attacks") -> str:
    """Return the norm in which an attack's eps is measured: ``l0``, ``l1``, ``l2`` or ``linf``.

    Parameters
    ----------
    attack
        From :func:`mishear.attacks.building.build_attack`.
    where
        Key in the config, for the message.

    Raises
    ------
    UserError
        If the attack does not state a norm.
    """
    try:
        return NORMS[attack.distance.p]
    except (AttributeError, KeyError, ValueError) as error:
        raise UserError(
            f"{where}.class: {type(attack).__name__} does not state its norm. Choose another "
            f"class, or give your own a 'distance' from foolbox.distances."
        ) from error


def spread(values: torch.Tensor, inputs: torch.Tensor) -> torch.Tensor:
    """Reshape one value a recording, so that it applies to all points of that recording's input."""
    return values.view(-1, *[1] * (inputs.ndim - 1))


def norm_values(perturbation: torch.Tensor, norm: str) -> torch.Tensor:
    """Compute the norm of each row of a batch, shape (recordings,)."""
    order = {name: value for value, name in NORMS.items()}[norm]
    return torch.linalg.vector_norm(perturbation.flatten(1), ord=float(order), dim=1)
