"""Universal attacks: one perturbation for all recordings, learned on some, added to any.

In the config: ``class: mishear.attacks.universal.LinfUniversalPGD`` and ``universal: true``.

Moosavi-Dezfooli et al. ("Universal adversarial perturbations", CVPR 2017) showed that there are
such perturbations, Neekhara et al. ("Universal adversarial perturbations for speech recognition
systems", Interspeech 2019) that there are for sound. They are found here by gradient steps on the
mean loss of batches, as by Shafahi et al. ("Universal adversarial training", AAAI 2020).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice, repeat
from typing import Any

import eagerpy as ep
import torch
from foolbox.attacks.base import FixedEpsilonAttack, get_criterion
from foolbox.criteria import Misclassification
from foolbox.distances import Distance, l2, linf
from torch.nn import functional

from mishear.attacks.judging import Attackable
from mishear.attacks.running import UNSUPPORTED

LARGEST_LOSS = 9.0
"""Cross entropy of a recording beyond which it does not count: it is misclassified already, and
would hide the others in the mean (Shafahi et al., section 4)."""


@dataclass(frozen=True)
class Part:
    """A batch on which a perturbation is learned.

    Attributes
    ----------
    victim : callable
        From inputs to logits.
    inputs : torch.Tensor
        What is perturbed, shape (recordings, 1, ..., time).
    labels : torch.Tensor of shape (recordings,)
        Numbers of the true classes.
    eps : float
        Largest norm of the perturbation.
    bounds : tuple of float
        Lowest and highest value of perturbed inputs.
    """

    victim: Callable[[torch.Tensor], torch.Tensor]
    inputs: torch.Tensor
    labels: torch.Tensor
    eps: float
    bounds: tuple[float, float]


class UniversalPGD(FixedEpsilonAttack):
    """Learn one perturbation by projected gradient ascent on the mean cross entropy of batches.

    Parameters
    ----------
    steps
        Gradient steps, each on one batch.
    rel_stepsize
        Size of a step as a fraction of eps.
    shift
        Shift the perturbation circularly along the time by a random amount for each recording,
        while it is learned and when it is added, so that it need not be aligned with the speech.
    """

    distance: Distance

    def __init__(self, steps: int = 100, rel_stepsize: float = 0.05, shift: bool = False):
        if steps < 1:
            raise ValueError("steps must be at least 1")
        if rel_stepsize <= 0:
            raise ValueError("rel_stepsize must be above 0")
        self.steps, self.rel_stepsize, self.shift = steps, rel_stepsize, shift

    def learn(self, parts: Iterable[Part]) -> torch.Tensor:
        """Learn a perturbation, shape (1, 1, ..., time).

        Parameters
        ----------
        parts
            At least one batch; as many as there are steps are used.
        """
        perturbation = None
        for part in islice(parts, self.steps):
            if perturbation is None:
                perturbation = torch.zeros_like(part.inputs[:1])
            variable = perturbation.clone().requires_grad_()
            logits = part.victim(self.added(part.inputs, variable, part.bounds))
            losses = functional.cross_entropy(logits, part.labels, reduction="none")
            loss = losses.clamp(max=LARGEST_LOSS).mean()
            (gradient,) = torch.autograd.grad(loss, variable)
            step = self.rel_stepsize * part.eps * self.direction(gradient)
            perturbation = self.projected(perturbation + step, part.eps)
        return perturbation

    def added(
        self, inputs: torch.Tensor, perturbation: torch.Tensor, bounds: tuple[float, float]
    ) -> torch.Tensor:
        """Add a perturbation to inputs, shifted if it is to be, and clip them to bounds."""
        if self.shift:
            length = perturbation.shape[-1]
            amounts = torch.randint(length, (len(inputs),)).tolist()
            perturbation = torch.cat([perturbation.roll(amount, -1) for amount in amounts])
        return (inputs + perturbation).clamp(*bounds)

    def projected(self, perturbation: torch.Tensor, eps: float) -> torch.Tensor:
        """Return the nearest perturbation within eps."""
        raise NotImplementedError

    def direction(self, gradient: torch.Tensor) -> torch.Tensor:
        """Return the step of norm 1 that increases the loss most."""
        raise NotImplementedError

    def run(self, model: Any, inputs: Any, criterion: Any, *, epsilon: float, **kwargs: Any) -> Any:
        """Learn a perturbation on a batch and add it to the same batch."""
        batch, restore_type = ep.astensor_(inputs)
        goal = get_criterion(criterion)
        if not isinstance(goal, Misclassification):
            raise ValueError(UNSUPPORTED)
        part = Part(model, batch.raw, goal.labels.raw, epsilon, tuple(model.bounds))
        changed = self.added(part.inputs, self.learn(repeat(part)), part.bounds)
        return restore_type(ep.astensor(changed))


class LinfUniversalPGD(UniversalPGD):
    """:class:`UniversalPGD` in the L-infinity norm, with steps along the sign of the gradient."""

    distance = linf

    def projected(self, perturbation: torch.Tensor, eps: float) -> torch.Tensor:
        return perturbation.clamp(-eps, eps)

    def direction(self, gradient: torch.Tensor) -> torch.Tensor:
        return gradient.sign()


class L2UniversalPGD(UniversalPGD):
    """:class:`UniversalPGD` in the L2 norm, with steps along the gradient."""

    distance = l2

    def projected(self, perturbation: torch.Tensor, eps: float) -> torch.Tensor:
        return perturbation * (eps / perturbation.norm().clamp(min=eps))

    def direction(self, gradient: torch.Tensor) -> torch.Tensor:
        return gradient / gradient.norm().clamp(min=torch.finfo(gradient.dtype).tiny)


class LearnedPerturbation(FixedEpsilonAttack):
    """Add what a universal attack has learned.

    Parameters
    ----------
    attack
        The universal attack.
    perturbation
        Learned by it.
    """

    def __init__(self, attack: UniversalPGD, perturbation: torch.Tensor):
        self.attack, self.perturbation = attack, perturbation

    @property
    def distance(self) -> Distance:
        """The norm of the universal attack."""
        return self.attack.distance

    def run(
        self, model: Any, inputs: torch.Tensor, criterion: Any, *, epsilon: float, **kwargs: Any
    ) -> torch.Tensor:
        """Add the perturbation to a batch."""
        return self.attack.added(inputs, self.perturbation, tuple(model.bounds))


def routed(victim: Attackable, step: int) -> Attackable:
    """Return the victim for a step: its gradient is computed in each of its ways in turn."""
    routes = victim.routes()
    return routes[step % len(routes)]
