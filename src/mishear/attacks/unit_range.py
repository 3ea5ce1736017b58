"""Run attacks that know inputs in [0, 1] only against victims of other inputs.

pyautoattack expects such inputs throughout, Foolbox's HopSkipJump in two of its steps. They see
the victim through :class:`UnitRange`; eps is in the unit of the inputs as for any attack.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import eagerpy as ep
import torch
from foolbox.attacks.base import FixedEpsilonAttack, get_criterion, raise_if_kwargs
from foolbox.criteria import Misclassification
from foolbox.distances import linf
from torch import nn

from mishear.attacks.running import UNSUPPORTED

Victim = Callable[[torch.Tensor], torch.Tensor]
"""From inputs in [0, 1] to logits."""


class UnitRange(nn.Module):
    """Present a victim as one of inputs in [0, 1], which stand for the range of its inputs.

    Parameters
    ----------
    model
        A Foolbox model; its bounds are what 0 and 1 stand for.
    """

    def __init__(self, model: Any):
        super().__init__()
        self.model = model
        self.low, self.high = model.bounds
        self.span = self.high - self.low

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the model's logits, shape (recordings, classes)."""
        return self.model(inputs * self.span + self.low)

    def to_unit_range(self, inputs: torch.Tensor) -> torch.Tensor:
        """Scale inputs of the model to [0, 1], contiguous, as pyautoattack needs them."""
        return ((inputs - self.low) / self.span).clamp(0, 1).contiguous()

    def from_unit_range(
        self, found: torch.Tensor, unit: torch.Tensor, inputs: torch.Tensor
    ) -> torch.Tensor:
        """Scale inputs in [0, 1] to those of the model.

        Parameters
        ----------
        found
            Inputs after the attack, in [0, 1]. Where they equal ``unit``, the result equals
            ``inputs``, without the rounding of the conversion in float32.
        unit, inputs
            The recordings before the attack, in [0, 1] and as the model takes them.
        """
        scaled = (found * self.span + self.low).clamp(self.low, self.high)
        return torch.where(found == unit, inputs, scaled)


class UnitRangeAttack(FixedEpsilonAttack, ABC):
    """An untargeted attack in the L-infinity norm that knows inputs in [0, 1] only.

    Attributes
    ----------
    asks_in_parts : bool
        Whether the victim may be asked about some of a batch's recordings only.
    """

    distance = linf
    asks_in_parts = True

    def run(
        self,
        model: Any,
        inputs: Any,
        criterion: Misclassification,
        *,
        epsilon: float,
        **kwargs: Any,
    ) -> Any:
        """Attack a batch.

        Recordings for which nothing was found are returned unchanged. The random start is seeded
        from torch's global generator.

        Parameters
        ----------
        model
            A Foolbox model.
        inputs
            Shape (recordings, 1, ...), within the model's bounds.
        criterion
            Misclassification, or the labels themselves.
        epsilon
            Largest change of a point. Rounding may exceed it by about 1e-7 of the bounds.

        Raises
        ------
        ValueError
            If the criterion is not misclassification.
        UserError
            If the victim has too few classes for the attack, or gives no gradient it needs.
        """
        raise_if_kwargs(kwargs)
        clean, restore_type = ep.astensor_(inputs)
        goal = get_criterion(criterion)
        if not isinstance(goal, Misclassification):
            raise ValueError(UNSUPPORTED)
        victim = UnitRange(model)
        unit = victim.to_unit_range(clean.raw)
        # pyautoattack seeds torch itself, and by the clock unless it is given a seed.
        seed = int(torch.randint(2**31, ()))
        with torch.no_grad():
            found = self.perturb(victim, unit, goal.labels.raw, epsilon / victim.span, seed)
            returned = victim.from_unit_range(found, unit, clean.raw)
        return restore_type(ep.astensor(returned))

    @abstractmethod
    def perturb(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, eps: float, seed: int
    ) -> torch.Tensor:
        """Attack inputs in [0, 1] with a change of at most ``eps`` in each cell."""
