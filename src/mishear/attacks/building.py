"""Build the attacks that a config names, and check them before anything runs."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from mishear.attacks.judging import UNTARGETED
from mishear.attacks.norms import norm_of
from mishear.attacks.running import criterion, perturbed
from mishear.core.errors import UserError
from mishear.core.parameters import declared_numbers
from mishear.core.plugins import FAMILIES
from mishear.core.ranges import LARGEST, SMALLEST

COUNTED = ("steps", "iterations", "queries", "draws", "restarts")
"""Ends of the names of an attack's parameters that count something."""

MOST = 1_000_000
"""Largest of these."""

SIZES = ("stepsize", "_step", "_const", "epsilon", "lr")
"""Ends of the names of those that are the size of something, as in an attack's step."""


def build_attack(definition: Mapping[str, Any], where: str = "attacks") -> Any:
    """Build an attack with its parameters.

    Parameters
    ----------
    definition
        Mapping with ``class`` (of ``foolbox.attacks``, or a dotted path) and ``params``.
    where
        Key in the config, for the message.

    Raises
    ------
    UserError
        If the class is no Foolbox attack or its parameters do not fit.
    """
    return FAMILIES["attacks"].build(definition, where)


def check_attack(definition: Mapping[str, Any], eps: list[float], where: str) -> None:
    """Check an attack's class, parameters and eps before anything runs.

    Parameters
    ----------
    definition
        Mapping with ``class``, ``params`` and ``targets``.
    eps
        Its list of eps; infinite stands for no limit.
    where
        Key in the config, for the message.

    Raises
    ------
    UserError
        If there is no such attack, a parameter does not fit its signature, an attack that needs
        an eps has none, or it cannot aim as ``targets`` says.
    """
    attack = build_attack(definition, where)
    if needs_eps(attack) and any(np.isinf(eps)):
        raise UserError(
            f"{where}.eps: {definition['class']} needs the size of the perturbation; give a list "
            f"of numbers."
        )
    norm_of(attack, where)
    _check_ranges(definition, where)
    _check_criterion(attack, definition["targets"], where)


def _check_ranges(definition: Mapping[str, Any], where: str) -> None:
    """Refuse counts and sizes of steps that make no attack: attacks do not check them."""
    params = definition["params"]
    found = FAMILIES["attacks"].find(definition["class"], where)
    for name, value in {**params, **declared_numbers(found, params)}.items():
        lowest, highest = (SMALLEST, LARGEST) if name.endswith(SIZES) else (1, MOST)
        ranged = name.endswith(SIZES + COUNTED) and isinstance(value, int | float)
        if ranged and not lowest <= value <= highest:
            raise UserError(
                f"{where}.params.{name}: {value:g} is not from {lowest:g} to {highest:g}."
            )


def check_universal(definition: Mapping[str, Any], where: str) -> None:
    """Check that an attack is universal where the config declares it so, and only there.

    Parameters
    ----------
    definition
        Mapping with ``class``, ``params`` and ``universal``.
    where
        Key in the config, for the message.

    Raises
    ------
    UserError
        If the class and ``universal`` contradict each other.
    """
    learns = hasattr(build_attack(definition, where), "learn")
    if definition["universal"] and not learns:
        raise UserError(
            f"{where}.universal: {definition['class']} does not learn one perturbation for all "
            f"recordings. Use mishear.attacks.universal.LinfUniversalPGD or L2UniversalPGD."
        )
    if learns and not definition["universal"]:
        raise UserError(
            f"{where}.class: {definition['class']} learns one perturbation for all recordings. Add "
            f"universal: true."
        )


def needs_eps(attack: Any) -> bool:
    """Return whether an attack stays within an eps, instead of minimising the perturbation."""
    from foolbox.attacks.base import FixedEpsilonAttack

    return isinstance(attack, FixedEpsilonAttack)


def limit_of(attack: Any, eps: float) -> float:
    """Return the eps for an attack: infinite for one that minimises the perturbation."""
    return eps if needs_eps(attack) else float("inf")


class _Asked(Exception):
    """An attack has got so far as to ask the victim."""


class _AskingNetwork(nn.Module):
    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        raise _Asked


def _check_criterion(attack: Any, targets: str, where: str) -> None:
    """Start an attack: it refuses a criterion before it asks the victim anything.

    The user's own attacks are not started here: they may have side effects, or need something
    that only a job has.
    """
    if type(attack).__module__.partition(".")[0] not in ("foolbox", "mishear"):
        return
    from foolbox import PyTorchModel

    inputs, labels = torch.zeros(1, 1, 8, 8), torch.zeros(1, dtype=torch.long)
    model = PyTorchModel(_AskingNetwork().eval(), bounds=(0, 1), device="cpu")
    aim = None if targets == UNTARGETED else labels
    try:
        perturbed(model, attack, inputs, criterion(labels, aim), eps=1.0, seed=0)
    except UserError as error:
        raise UserError(f"{where}.targets: {error}") from error
    except _Asked:
        return
