"""Attacks on a victim's input, and an honest judgement of what they return."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import nn

from mishear.core.errors import UserError
from mishear.core.plugins import check_params, find_class
from mishear.core.random_streams import stream

UNTARGETED = "untargeted"

ANY = -1
"""Stands for the number of a class where every wrong class counts as a success."""

UNSUPPORTED = "unsupported criterion"
"""What Foolbox's attacks say of a goal they cannot pursue."""

ROUNDING = 4 * np.finfo(np.float32).eps
"""Relative error of one value of an input after an addition and a clipping in float32."""

NORMS = {0: "l0", 1: "l1", 2: "l2", np.inf: "linf"}


class Attackable(Protocol):
    """A victim as attacks see it: a module from inputs to logits, such as a ``DefendedVictim``."""

    def __call__(self, inputs: torch.Tensor) -> torch.Tensor:
        """Logits of shape (recordings, classes)."""

    def predict(self, inputs: torch.Tensor, seed: int) -> torch.Tensor:
        """Numbers of the predicted classes, shape (recordings,)."""

    def part(self, rows: torch.Tensor) -> "Attackable":
        """The victim of some recordings of the batch alone."""


@dataclass(frozen=True)
class Outcome:
    """What became of a batch of recordings under an attack.

    Attributes
    ----------
    adversarial : torch.Tensor of the shape of the inputs
        The inputs that count: what the attack returned, or the clean input where that was
        rejected.
    rejected : list of str
        Why a returned input was not accepted; empty where it was.
    clean_prediction, adversarial_prediction : numpy.ndarray of shape (recordings,)
        Numbers of the predicted classes.
    linf, l2 : numpy.ndarray of shape (recordings,)
        Norms of the perturbation, in the unit of the input.
    target : numpy.ndarray of shape (recordings,)
        Number of the class that counts as a success, or ``ANY``.
    """

    adversarial: torch.Tensor
    rejected: list[str]
    clean_prediction: np.ndarray
    adversarial_prediction: np.ndarray
    linf: np.ndarray
    l2: np.ndarray
    target: np.ndarray

    def heard_right(self, labels: np.ndarray) -> np.ndarray:
        """Which recordings were classified correctly before the attack."""
        return self.clean_prediction == labels

    def success(self, labels: np.ndarray) -> np.ndarray:
        """Which recordings were heard right before, and are heard as the attack wants now."""
        misheard = self.adversarial_prediction != labels
        hit = np.where(self.target == ANY, misheard, self.adversarial_prediction == self.target)
        return self.heard_right(labels) & hit


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
    from foolbox.attacks.base import FixedEpsilonAttack

    if isinstance(attack, FixedEpsilonAttack) and any(np.isinf(eps)):
        raise UserError(
            f"{where}.eps: {definition['class']} needs the size of the perturbation; give a list "
            f"of numbers."
        )
    norm_of(attack, where)
    _check_criterion(attack, definition["targets"], where)


class _Asked(Exception):
    """An attack has come so far as to ask the victim."""


class _AskingNetwork(nn.Module):
    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        raise _Asked


def _check_criterion(attack: Any, targets: str, where: str) -> None:
    """Start an attack: what it cannot aim at it says before it asks the victim anything.

    The user's own attacks are not started here: they may do something, or need what a job has.
    """
    if type(attack).__module__.partition(".")[0] not in ("foolbox", "mishear"):
        return
    from foolbox import PyTorchModel

    inputs, labels = torch.zeros(1, 1, 8, 8), torch.zeros(1, dtype=torch.long)
    model = PyTorchModel(_AskingNetwork().eval(), bounds=(0, 1), device="cpu")
    aim = None if targets == UNTARGETED else labels
    try:
        _attacked(model, attack, inputs, _criterion(labels, aim), eps=1.0, seed=0)
    except UserError as error:
        raise UserError(f"{where}.targets: {error}") from error
    except _Asked:
        return


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
    except ImportError as error:
        raise UserError(
            f"{where}: {definition['class']} needs a package that is not installed ({error}). "
            f"Install it."
        ) from error


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
    victim: Attackable,
    attack: Any,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    eps: float,
    bounds: tuple[float, float],
    seed: int,
    restarts: int = 1,
    targets: str = UNTARGETED,
    made_on: Attackable | None = None,
) -> Outcome:
    """Attack a batch and judge what comes back.

    Parameters
    ----------
    victim
        What is evaluated, in evaluation mode, parameters frozen.
    attack
        From :func:`build_attack`.
    inputs
        What is changed: spectrograms of shape (recordings, 1, n_mels, frames) in dB, or whatever
        else the victim takes.
    labels
        Numbers of the true classes, shape (recordings,).
    eps
        Largest perturbation in the attack's norm, in the unit of the inputs; infinite: no limit.
    bounds
        Lowest and highest value an input may have, in that unit.
    seed
        Of the attack's random start and of what the victim's defences draw; those of later
        attempts are derived from it.
    restarts
        How often a recording is attacked, as long as no attempt succeeds.
    targets
        ``untargeted``; ``least-likely`` or ``random``: only this wrong class is a success;
        ``every``: one wrong class after the other is aimed at, and each is a success.
    made_on
        For a transfer attack the victim it is made on; unset: the one that is evaluated.

    Raises
    ------
    UserError
        If the attack cannot aim at a class, or only at one.
    """
    from foolbox import PyTorchModel

    aims = _aims(victim, inputs, labels, targets, seed)
    target = aims[0] if targets in ("least-likely", "random") else torch.full_like(labels, ANY)
    norm = norm_of(attack)

    def attempt(rows: torch.Tensor, number: int) -> torch.Tensor:
        network = (made_on or victim).part(rows).eval()
        model = PyTorchModel(network, bounds=bounds, device=inputs.device)
        aim = aims[number % len(aims)]
        criterion = _criterion(labels[rows], None if aim is None else aim[rows])
        return _attacked(model, attack, inputs[rows], criterion, eps, _seed(seed, number))

    def judged(rows: torch.Tensor, returned: torch.Tensor) -> Outcome:
        heard = victim.part(rows)
        return judge(heard, inputs[rows], returned, eps, norm, bounds, seed, target[rows])

    everyone = torch.arange(len(inputs), device=inputs.device)
    returned = attempt(everyone, 0)
    outcome = judged(everyone, returned)
    attempts = restarts * len(aims)
    if attempts == 1:
        return outcome
    standing = everyone[_standing(outcome, labels)]
    for number in range(1, attempts):
        if not len(standing):
            break
        again = attempt(standing, number)
        left = _standing(judged(standing, again), labels[standing])
        returned[standing[~left]] = again[~left]
        standing = standing[left]
    # Once more, so that no recording counts for one lucky answer of a randomised victim.
    return judged(everyone, returned)


def _aims(
    victim: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, targets: str, seed: int
) -> list[torch.Tensor | None]:
    """The classes that are aimed at one after the other; None for any wrong class."""
    if targets == UNTARGETED:
        return [None]
    with torch.inference_mode():
        logits = victim(inputs)
    classes = logits.shape[1]
    if targets == "random":
        drawn = stream(seed, "target").integers(1, classes, len(labels))
        return [(labels + torch.from_numpy(drawn).to(labels)) % classes]
    logits = logits.scatter(1, labels[:, None], torch.inf)
    # The first column is the label's.
    order = logits.argsort(dim=1, descending=True)
    return [order[:, -1]] if targets == "least-likely" else list(order.unbind(1)[1:])


def _criterion(labels: torch.Tensor, aim: torch.Tensor | None):
    from foolbox.criteria import Misclassification, TargetedMisclassification

    return Misclassification(labels) if aim is None else TargetedMisclassification(aim)


def _seed(seed: int, attempt: int) -> int:
    return int(stream(seed, "attempt", str(attempt)).integers(2**32)) if attempt else seed


def _standing(outcome: Outcome, labels: torch.Tensor) -> torch.Tensor:
    """Mask of the recordings that were heard right and on which the attack has not succeeded."""
    numbers = labels.cpu().numpy()
    return torch.from_numpy(outcome.heard_right(numbers) & ~outcome.success(numbers)).to(
        labels.device
    )


def _attacked(
    model: Any, attack: Any, inputs: torch.Tensor, criterion: Any, eps: float, seed: int
) -> torch.Tensor:
    """What an attack returns, within ``eps``."""
    from foolbox.attacks.base import FixedEpsilonAttack

    torch.manual_seed(seed)
    np.random.seed(seed)
    limit = {"epsilon": eps} if isinstance(attack, FixedEpsilonAttack) else {}
    try:
        returned = attack.run(model, inputs, criterion, **limit)
    except ValueError as error:
        if str(error) != UNSUPPORTED:
            raise
        raise UserError(
            f"{type(attack).__name__} cannot pursue the goal {type(criterion).__name__}. Choose "
            f"another attack or other targets ('{UNTARGETED}': any wrong class)."
        ) from error
    if np.isfinite(eps):
        # As Foolbox's own calls do; some of its attacks return up to 1 % more than eps.
        returned = attack.distance.clip_perturbation(inputs, returned, eps)
    return returned


def judge(
    victim: Attackable,
    inputs: torch.Tensor,
    returned: torch.Tensor,
    eps: float,
    norm: str,
    bounds: tuple[float, float],
    seed: int = 0,
    target: torch.Tensor | None = None,
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
        As for :func:`attack_batch`.
    eps, norm
        Largest perturbation allowed.
    bounds
        Lowest and highest value allowed.
    seed
        Of what the victim's defences draw.
    target
        Numbers of the only classes that count as a success, or ``ANY``, shape (recordings,);
        unset: every wrong class counts.
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
        target=np.full(len(inputs), ANY) if target is None else target.cpu().numpy(),
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
