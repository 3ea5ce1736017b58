"""Attacks on a victim's input, and an honest judgement of what they return."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from mishear.components import check_params, find_class
from mishear.defences import DefendedVictim
from mishear.errors import UserError

ROUNDING = 4 * np.finfo(np.float32).eps
"""Relative error of one value of an input after an addition and a clipping in float32."""

NORMS = {0: "l0", 1: "l1", 2: "l2", np.inf: "linf"}


@dataclass(frozen=True)
class Outcome:
    """What became of a batch of recordings under an attack.

    Attributes
    ----------
    adversarial : torch.Tensor of shape (recordings, 1, n_mels, frames)
        The inputs that count: what the attack returned, or the clean input where that was
        rejected.
    rejected : list of str
        Why a returned input was not accepted; empty where it was.
    clean_prediction, adversarial_prediction : numpy.ndarray of shape (recordings,)
        Numbers of the predicted classes.
    linf, l2 : numpy.ndarray of shape (recordings,)
        Norms of the perturbation, in the unit of the input (dB).
    """

    adversarial: torch.Tensor
    rejected: list[str]
    clean_prediction: np.ndarray
    adversarial_prediction: np.ndarray
    linf: np.ndarray
    l2: np.ndarray


def check_attack(definition: Mapping[str, Any], eps: list[float], where: str) -> None:
    """Check an attack's class, parameters and eps before anything runs.

    Parameters
    ----------
    definition
        Mapping with ``class`` and ``params``.
    eps
        Its list of eps; infinite stands for no limit.
    where
        Key in the config, for the message.

    Raises
    ------
    UserError
        If there is no such attack, a parameter does not fit its signature, or an attack that
        needs an eps has none.
    """
    attack = build_attack(definition, where)
    from foolbox.attacks.base import FixedEpsilonAttack

    if isinstance(attack, FixedEpsilonAttack) and any(np.isinf(eps)):
        raise UserError(
            f"{where}.eps: {definition['class']} needs the size of the perturbation; give a list "
            f"of numbers."
        )
    norm_of(attack, where)


def build_attack(definition: Mapping[str, Any], where: str = "attacks"):
    """An attack with its parameters.

    Parameters
    ----------
    definition
        Mapping with ``class`` (of ``foolbox.attacks``, or a dotted path) and ``params``.
    where
        Key in the config, for the message.

    Raises
    ------
    UserError
        If it is no Foolbox attack or its parameters do not fit.
    """
    from foolbox.attacks.base import FixedEpsilonAttack, MinimizationAttack

    found = find_class(definition["class"], "foolbox.attacks", where)
    if not issubclass(found, (FixedEpsilonAttack, MinimizationAttack)):
        raise UserError(
            f"{where}.class: {definition['class']} is no attack; it must derive from Foolbox's "
            f"FixedEpsilonAttack or MinimizationAttack."
        )
    params = check_params(found, definition["params"], where)
    try:
        return found(**params)
    except (TypeError, ValueError, AssertionError) as error:
        raise UserError(f"{where}: {definition['class']} refuses its params: {error}") from error


def limit_of(attack: Any, eps: float) -> float:
    """The eps for an attack: infinite for one that looks for the smallest perturbation."""
    from foolbox.attacks.base import FixedEpsilonAttack

    return eps if isinstance(attack, FixedEpsilonAttack) else float("inf")


def norm_of(attack: Any, where: str = "attacks") -> str:
    """The norm in which an attack's eps is measured: ``l0``, ``l1``, ``l2`` or ``linf``."""
    try:
        return NORMS[attack.distance.p]
    except (AttributeError, KeyError, ValueError) as error:
        raise UserError(f"{where}: {type(attack).__name__} has no norm of its own.") from error


def norm_values(perturbation: torch.Tensor, norm: str) -> torch.Tensor:
    """The norm of each row of a batch, shape (recordings,)."""
    order = {name: value for value, name in NORMS.items()}[norm]
    return torch.linalg.vector_norm(perturbation.flatten(1), ord=float(order), dim=1)


def attack_batch(
    victim: DefendedVictim,
    attack: Any,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    eps: float,
    bounds: tuple[float, float],
    seed: int,
    made_on: nn.Module | None = None,
) -> Outcome:
    """Attack a batch, untargeted, and judge what comes back.

    Parameters
    ----------
    victim
        What is evaluated, in evaluation mode, parameters frozen.
    attack
        From :func:`build_attack`.
    inputs
        Shape (recordings, 1, n_mels, frames), dB.
    labels
        Numbers of the true classes, shape (recordings,).
    eps
        Largest perturbation in the attack's norm, dB; infinite: no limit.
    bounds
        Lowest and highest value an input may have, dB.
    seed
        Of the attack's random start, and of what the victim's defences draw.
    made_on
        For a transfer attack the network it is made on; unset: the victim with its defences.
    """
    from foolbox import PyTorchModel
    from foolbox.attacks.base import FixedEpsilonAttack
    from foolbox.criteria import Misclassification

    torch.manual_seed(seed)
    np.random.seed(seed)
    model = PyTorchModel((made_on or victim).eval(), bounds=bounds, device=inputs.device)
    limit = {"epsilon": eps} if isinstance(attack, FixedEpsilonAttack) else {}
    returned = attack.run(model, inputs, Misclassification(labels), **limit)
    if np.isfinite(eps):
        # As Foolbox's own calls do; some of its attacks return up to 1 % more than eps.
        returned = attack.distance.clip_perturbation(inputs, returned, eps)
    return judge(victim, inputs, returned, eps, norm_of(attack), bounds, seed)


def judge(
    victim: DefendedVictim,
    inputs: torch.Tensor,
    returned: torch.Tensor,
    eps: float,
    norm: str,
    bounds: tuple[float, float],
    seed: int = 0,
) -> Outcome:
    """Recompute an attack's success from what it returned, never from its word.

    Foolbox 3.3.4's Carlini-Wagner and EAD attacks return all zeros for a recording for which
    they found nothing and count the victim's answer to zeros as success. Such a row, one that
    is not finite, beyond ``eps`` or beyond ``bounds`` is rejected: the clean input takes its
    place.

    Parameters
    ----------
    victim
        In evaluation mode.
    inputs, returned
        Shape (recordings, 1, n_mels, frames), dB.
    eps, norm
        Largest perturbation allowed.
    bounds
        Lowest and highest value allowed.
    seed
        Of what the victim's defences draw.
    """
    rejected = _reasons(inputs, returned, eps, norm, bounds)
    kept = torch.tensor([not reason for reason in rejected], device=inputs.device)
    adversarial = torch.where(kept.view(-1, 1, 1, 1), returned, inputs)
    perturbation = adversarial - inputs
    clean_prediction = victim.predict(inputs, seed)
    adversarial_prediction = victim.predict(adversarial, seed)
    return Outcome(
        adversarial=adversarial,
        rejected=rejected,
        clean_prediction=clean_prediction.cpu().numpy(),
        adversarial_prediction=adversarial_prediction.cpu().numpy(),
        linf=norm_values(perturbation, "linf").cpu().numpy(),
        l2=norm_values(perturbation, "l2").cpu().numpy(),
    )


def _reasons(
    inputs: torch.Tensor,
    returned: torch.Tensor,
    eps: float,
    norm: str,
    bounds: tuple[float, float],
) -> list[str]:
    rows = returned.flatten(1)
    slack = ROUNDING * max(abs(bounds[0]), abs(bounds[1]))
    noise = norm_values(torch.full_like(inputs[:1], slack), norm)
    faults = {
        "not finite": ~rows.isfinite().all(1),
        "all zeros": (rows == 0).all(1) & (inputs.flatten(1) != 0).any(1),
        "beyond the bounds": ((rows < bounds[0] - slack) | (rows > bounds[1] + slack)).any(1),
        "beyond eps": norm_values(returned - inputs, norm) > eps * (1 + ROUNDING) + noise,
    }
    columns = [(reason, fault.tolist()) for reason, fault in faults.items()]
    return [
        next((reason for reason, fault in columns if fault[row]), "") for row in range(len(rows))
    ]
