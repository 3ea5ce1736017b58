"""Put the state dict of a user's file into a network, and say what does not fit."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import nn

from mishear.core.errors import UserError


def load_state(
    network: nn.Module, state: Mapping[str, torch.Tensor], path: Path, where: str
) -> None:
    """Load a state dict into a network of the config's class.

    Parameters
    ----------
    network
        Its parameters and buffers are replaced.
    state
        From :func:`mishear.training.model_files.read_state`.
    path
        The file it is from, for messages.
    where
        Key of the network in the config.

    Raises
    ------
    UserError
        Naming the first key that is missing, not expected, or of another shape.
    """
    wanted = network.state_dict()
    name = type(network).__name__
    missing = [key for key in wanted if key not in state]
    unexpected = [key for key in state if key not in wanted]
    if missing or unexpected:
        problem = _misfit(name, missing, unexpected, state)
        raise UserError(f"{where}.weights: {problem} ('{path}').")
    for key, value in wanted.items():
        if state[key].shape != value.shape:
            raise UserError(
                f"{where}.weights: '{key}' has the shape {tuple(state[key].shape)} in '{path}', "
                f"but {name} needs {tuple(value.shape)}. Give the params, and as many labels, as "
                f"the model was trained with."
            )
    network.load_state_dict(state)


def _misfit(
    name: str, missing: Sequence[str], unexpected: Sequence[str], state: Mapping[str, object]
) -> str:
    """Say which keys do not fit, and why where a prefix explains it."""
    prefix = _common_prefix(missing, state)
    if prefix:
        return (
            f"every key begins with '{prefix}', which {name} does not expect: the network was part "
            f"of another module. Save the inner module's state dict, such as "
            f"model.{prefix}state_dict()"
        )
    parts = []
    if missing:
        parts.append(f"lacks '{missing[0]}'{_others(missing)}, which {name} needs")
    if unexpected:
        parts.append(f"has '{unexpected[0]}'{_others(unexpected)}, which {name} does not have")
    return f"the file {' and '.join(parts)}. Give the class and the params that it was trained with"


def _others(keys: Sequence[str]) -> str:
    return f" and {len(keys) - 1} more keys" if len(keys) > 1 else ""


def _common_prefix(missing: Sequence[str], state: Mapping[str, object]) -> str:
    """Return what all keys begin with where that is all that is wrong."""
    found = next(iter(state), "")
    for wanted in missing:
        if found.endswith(wanted) and len(found) > len(wanted):
            prefix = found[: -len(wanted)]
            if prefix.endswith(".") and all(key.startswith(prefix) for key in state):
                return prefix
    return ""
