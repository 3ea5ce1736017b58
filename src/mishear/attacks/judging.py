"""Judge what an attack returned, without taking its word for its success."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch

from mishear.attacks.norms import norm_values, spread

UNTARGETED = "untargeted"

ANY = -1
"""Target of a recording for which every wrong class counts as a success."""

ROUNDING = 4 * np.finfo(np.float32).eps
"""Relative error of one value of an input after an addition and a clipping in float32."""


class Attackable(Protocol):
    """A victim as attacks see it: a module from inputs to logits, such as a ``DefendedVictim``.

    Attributes
    ----------
    knows_recordings : bool
        Whether the input for one recording of the batch says nothing about another, so that the
        whole batch or :meth:`part` of it has to be asked about in order.
    is_random : bool
        Whether the same input may have other logits the second time.
    """

    knows_recordings: bool
    is_random: bool

    def __call__(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute logits of shape (recordings, classes)."""

    def predict(self, inputs: torch.Tensor, seed: int) -> torch.Tensor:
        """Predict the class of each recording, as numbers of shape (recordings,).

        What is drawn is independent of what an attack with the same seed draws.
        """

    def part(self, rows: torch.Tensor) -> "Attackable":
        """Return the victim of some recordings of the batch alone."""

    def routes(self) -> Sequence["Attackable"]:
        """Return the victim once for each way in which its gradient is computed."""


@dataclass(frozen=True)
class Threat:
    """What an attack may do, and what counts as its success.

    Attributes
    ----------
    eps : float
        Largest perturbation in the attack's norm, in the unit of the inputs; infinite: no limit.
    bounds : tuple of float
        Lowest and highest value an input may have, in that unit.
    restarts : int
        Attempts at each recording, made until one succeeds.
    targets : str
        ``untargeted``; ``least-likely`` or ``random``: only this wrong class is a success;
        ``every``: one wrong class after the other is aimed at, and each is a success.
    aim : int or None
        Number of the only class that is a success, for all recordings; None: as ``targets`` says.
    """

    eps: float
    bounds: tuple[float, float]
    restarts: int = 1
    targets: str = UNTARGETED
    aim: int | None = None

    @property
    def any_class(self) -> bool:
        """Whether every wrong class is a success."""
        return self.aim is None and self.targets in (UNTARGETED, "every")

    @classmethod
    def of(cls, definition: Mapping[str, Any], eps: float, bounds: tuple[float, float]) -> "Threat":
        """Combine limits with the ``restarts`` and ``targets`` of an attack's definition.

        It may have an ``aim``.
        """
        aims = definition["targets"], definition.get("aim")
        return cls(eps, bounds, definition["restarts"], *aims)


@dataclass(frozen=True)
class Outcome:
    """The result of attacking a batch of recordings.

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
    queries : numpy.ndarray of shape (recordings,), or None
        Inputs about each recording that the attack asked the victim about; None for an attack that
        follows a gradient, or was on another model.
    """

    adversarial: torch.Tensor
    rejected: list[str]
    clean_prediction: np.ndarray
    adversarial_prediction: np.ndarray
    linf: np.ndarray
    l2: np.ndarray
    target: np.ndarray
    queries: np.ndarray | None = None

    def correct_clean(self, labels: np.ndarray) -> np.ndarray:
        """Return which recordings were classified correctly before the attack."""
        return self.clean_prediction == labels

    def success(self, labels: np.ndarray) -> np.ndarray:
        """Return which recordings were correct before and are classified as aimed at now."""
        wrong = self.adversarial_prediction != labels
        hit = np.where(self.target == ANY, wrong, self.adversarial_prediction == self.target)
        return self.correct_clean(labels) & hit


def judge(
    victim: Attackable,
    inputs: torch.Tensor,
    returned: torch.Tensor,
    threat: Threat,
    norm: str,
    seed: int = 0,
    target: torch.Tensor | None = None,
) -> Outcome:
    """Recompute an attack's success from what it returned.

    Foolbox 3.3.4's Carlini-Wagner and EAD attacks return all zeros for a recording for which
    they found nothing and count the victim's answer to zeros as a success. Such a row is
    rejected, as is one that is not finite, beyond ``eps`` or beyond the bounds: the clean input
    takes its place.

    Parameters
    ----------
    victim
        In evaluation mode.
    inputs, returned
        The inputs before and after the attack.
    threat
        Its ``eps`` and ``bounds`` are enforced.
    norm
        Norm in which ``eps`` is measured.
    seed
        Seed of the randomness of the victim's defences.
    target
        Numbers of the only classes that count as a success, or ``ANY``, shape (recordings,);
        unset: every wrong class counts.
    """
    rejected = _reasons(inputs, returned, threat, norm)
    accepted = torch.tensor([not reason for reason in rejected], device=inputs.device)
    adversarial = torch.where(spread(accepted, inputs), returned, inputs)
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


def _reasons(inputs: torch.Tensor, returned: torch.Tensor, threat: Threat, norm: str) -> list[str]:
    """Return for each recording why its returned input is rejected; empty where it is not."""
    rows = returned.flatten(1)
    low, high = threat.bounds
    slack = ROUNDING * max(abs(low), abs(high))
    noise = norm_values(torch.full_like(inputs[:1], slack), norm)
    faults = {
        "not finite": ~rows.isfinite().all(1),
        "all zeros": (rows == 0).all(1) & (inputs.flatten(1) != 0).any(1),
        "beyond the bounds": ((rows < low - slack) | (rows > high + slack)).any(1),
        "beyond eps": norm_values(returned - inputs, norm) > threat.eps * (1 + ROUNDING) + noise,
    }
    columns = [(reason, fault.tolist()) for reason, fault in faults.items()]
    return [
        next((reason for reason, fault in columns if fault[row]), "") for row in range(len(rows))
    ]
