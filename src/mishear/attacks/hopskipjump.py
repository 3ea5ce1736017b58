"""HopSkipJump (Chen, Jordan and Wainwright, 2020) on inputs of any range.

In the config: ``class: mishear.attacks.hopskipjump.HopSkipJump``.
"""

from typing import Any

import eagerpy as ep
import torch
from foolbox import PyTorchModel
from foolbox.attacks import HopSkipJumpAttack, LinearSearchBlendedUniformNoiseAttack
from foolbox.attacks.base import get_criterion
from foolbox.criteria import Misclassification

from mishear.attacks.running import UNSUPPORTED
from mishear.attacks.unit_range import UnitRange, Victim
from mishear.core.errors import UserError


class HopSkipJump(HopSkipJumpAttack):
    """HopSkipJump, which uses the victim's decisions only.

    Foolbox's own class clips to [0, 1] whatever the model's bounds are, which destroys inputs in
    dB or never ends. It also gives up a whole batch if one recording has no starting point; here
    that recording is returned unchanged. The parameters are those of Foolbox's class. It needs
    memory for ``initial_gradient_eval_steps`` times the square root of ``steps`` copies of a
    batch, and a deterministic victim.
    """

    asks_in_parts = True

    def run(
        self,
        model: Any,
        inputs: Any,
        criterion: Misclassification,
        *,
        early_stop: float | None = None,
        **kwargs: Any,
    ) -> Any:
        """Minimise the perturbation of each recording; see Foolbox's class.

        Raises
        ------
        ValueError
            If the criterion is not misclassification.
        UserError
            If the victim's answers change from one time to the next.
        """
        clean, restore_type = ep.astensor_(inputs)
        goal = get_criterion(criterion)
        if not isinstance(goal, Misclassification):
            raise ValueError(UNSUPPORTED)
        victim = UnitRange(model).eval()
        unit = victim.to_unit_range(clean.raw)
        _check_steady(victim, unit)
        scaled = PyTorchModel(victim, bounds=(0, 1), device=unit.device)
        starts = self._starts(scaled, unit, goal, early_stop)
        rows = _misclassified(victim, starts, goal.labels.raw, victim(unit).argmax(1))
        found = unit.clone()
        if len(rows):
            found[rows] = super().run(
                scaled,
                unit[rows],
                Misclassification(goal.labels.raw[rows]),
                early_stop=early_stop,
                starting_points=starts[rows],
                **kwargs,
            )
        return restore_type(ep.astensor(victim.from_unit_range(found, unit, clean.raw)))

    def _starts(
        self, model: Any, inputs: torch.Tensor, goal: Misclassification, early_stop: float | None
    ) -> torch.Tensor:
        attack = self.init_attack or LinearSearchBlendedUniformNoiseAttack(steps=50)
        return attack.run(model, inputs, goal, early_stop=early_stop)


def _misclassified(
    victim: Victim, starts: torch.Tensor, labels: torch.Tensor, predicted: torch.Tensor
) -> torch.Tensor:
    """Return the rows of correct recordings whose starting points are misclassified.

    Each is classified in the batch it will be attacked in: rounding differs between batches.
    """
    rows = (predicted == labels).nonzero().squeeze(1)
    while len(rows):
        wrong = victim(starts[rows]).argmax(1) != labels[rows]
        if wrong.all():
            break
        rows = rows[wrong]
    return rows


def _check_steady(victim: Victim, inputs: torch.Tensor) -> None:
    if not torch.allclose(victim(inputs), victim(inputs), rtol=1e-3, atol=1e-3):
        raise UserError(
            "HopSkipJump needs a victim that always gives the same scores for the same input; this "
            "one does not. Use mishear.attacks.autoattack.LinfSquare."
        )
