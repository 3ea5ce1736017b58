"""Stronger attacks than Foolbox has, with Foolbox's interface.

In the config: ``class: mishear.attacks.autoattack.LinfAPGD``.

AutoAttack and its four parts (Croce and Hein, "Reliable evaluation of adversarial robustness with
an ensemble of diverse parameter-free attacks", ICML 2020) are run by pyautoattack, the authors'
own release. HopSkipJump (Chen, Jordan and Wainwright, 2020) is Foolbox's.

All of them know inputs in [0, 1] only, pyautoattack throughout and Foolbox's HopSkipJump in two of
its steps. So here they see the victim through :class:`UnitRange`; eps is in dB as for any attack.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Literal

import eagerpy as ep
import torch
from foolbox import PyTorchModel
from foolbox.attacks import HopSkipJumpAttack, LinearSearchBlendedUniformNoiseAttack
from foolbox.attacks.base import (
    FixedEpsilonAttack,
    get_criterion,
    raise_if_kwargs,
)
from foolbox.criteria import Misclassification
from foolbox.distances import linf
from torch import nn

from mishear.attacks.running import UNSUPPORTED
from mishear.core.errors import UserError

log = logging.getLogger(__name__)

FOR_DLR = 3
"""Classes without which the difference of logits ratio (DLR) is not defined."""
FOR_TARGETED_DLR = 4
"""The same for its targeted form."""

Victim = Callable[[torch.Tensor], torch.Tensor]


class UnitRange(nn.Module):
    """A victim of inputs in [0, 1], which stand for the range of its own inputs.

    Parameters
    ----------
    model
        A Foolbox model; its bounds (dB) are what 0 and 1 stand for.
    """

    def __init__(self, model: Any):
        super().__init__()
        self.model = model
        self.low, self.high = model.bounds
        self.span = self.high - self.low

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The model's logits, shape (recordings, classes)."""
        return self.model(inputs * self.span + self.low)

    def from_decibels(self, inputs: torch.Tensor) -> torch.Tensor:
        """Inputs of the model as inputs in [0, 1], contiguous, as pyautoattack needs them."""
        return ((inputs - self.low) / self.span).clamp(0, 1).contiguous()

    def to_decibels(
        self, found: torch.Tensor, unit: torch.Tensor, inputs: torch.Tensor
    ) -> torch.Tensor:
        """Inputs in [0, 1] as inputs of the model.

        Parameters
        ----------
        found
            In [0, 1]. Where it equals ``unit``, the result equals ``inputs``, without the error
            that the way to [0, 1] and back makes in float32.
        unit, inputs
            The recordings before the attack in [0, 1] and in dB.
        """
        decibels = (found * self.span + self.low).clamp(self.low, self.high)
        return torch.where(found == unit, inputs, decibels)


class UnitRangeAttack(FixedEpsilonAttack, ABC):
    """An untargeted attack in the L-infinity norm that knows inputs in [0, 1] only."""

    distance = linf

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

        Recordings on which nothing was found come back unchanged. The random start is seeded from
        torch's global generator.

        Parameters
        ----------
        model
            A Foolbox model.
        inputs
            Shape (recordings, 1, n_mels, frames), within the model's bounds (dB).
        criterion
            Misclassification, or the labels themselves.
        epsilon
            Largest change of a cell, dB. Rounding may exceed it by about 1e-5 dB.

        Raises
        ------
        ValueError
            If the criterion is another one.
        UserError
            If the victim has too few classes for the attack, or gives no gradient it needs.
        """
        raise_if_kwargs(kwargs)
        decibels, restore_type = ep.astensor_(inputs)
        goal = get_criterion(criterion)
        if not isinstance(goal, Misclassification):
            raise ValueError(UNSUPPORTED)
        victim = UnitRange(model)
        unit = victim.from_decibels(decibels.raw)
        # pyautoattack seeds torch itself, and by the clock unless it is given a seed.
        seed = int(torch.randint(2**31, ()))
        with torch.no_grad():
            found = self.perturb(victim, unit, goal.labels.raw, epsilon / victim.span, seed)
            returned = victim.to_decibels(found, unit, decibels.raw)
        return restore_type(ep.astensor(returned))

    @abstractmethod
    def perturb(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, eps: float, seed: int
    ) -> torch.Tensor:
        """Attack inputs in [0, 1] with a change of at most ``eps`` in each cell."""


class LinfAPGD(UnitRangeAttack):
    """Auto-PGD: projected gradient descent that finds its step size itself.

    Parameters
    ----------
    loss
        ``ce``: cross entropy; ``dlr``: difference of logits ratio (equation 6 of the paper), which
        does not vanish where a victim is very sure of itself. DLR needs three classes.
    steps
        Gradient steps.
    restarts
        Random starts, as long as a recording stands.
    """

    def __init__(self, loss: Literal["ce", "dlr"] = "ce", steps: int = 100, restarts: int = 1):
        _check_positive(steps=steps, restarts=restarts)
        self.loss = loss
        self.steps = steps
        self.restarts = restarts

    def perturb(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, eps: float, seed: int
    ) -> torch.Tensor:
        from pyautoattack.autopgd_base import APGDAttack

        logits = _logits_with_gradient(victim, inputs, type(self).__name__)
        if self.loss == "dlr":
            _check_classes(logits, FOR_DLR, "LinfAPGD with loss 'dlr'")
        attack = APGDAttack(
            victim,
            n_iter=self.steps,
            n_restarts=self.restarts,
            eps=eps,
            seed=seed,
            loss=self.loss,
            device=inputs.device,
            logger=log,
        )
        return attack.perturb(inputs, labels)


class LinfAPGDTargeted(UnitRangeAttack):
    """Auto-PGD on the targeted DLR, aimed at the likeliest wrong classes one after the other.

    Any wrong class is a success. Needs four classes.

    Parameters
    ----------
    steps
        Gradient steps for each class aimed at.
    restarts
        Random starts for each class aimed at, as long as a recording stands.
    target_classes
        How many classes are aimed at; all wrong ones where there are fewer, which is logged.
    """

    def __init__(self, steps: int = 100, restarts: int = 1, target_classes: int = 9):
        _check_positive(steps=steps, restarts=restarts, target_classes=target_classes)
        self.steps = steps
        self.restarts = restarts
        self.target_classes = target_classes

    def perturb(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, eps: float, seed: int
    ) -> torch.Tensor:
        from pyautoattack.autopgd_base import APGDAttack_targeted

        logits = _logits_with_gradient(victim, inputs, type(self).__name__)
        _check_classes(logits, FOR_TARGETED_DLR, "The targeted DLR of LinfAPGDTargeted")
        attack = APGDAttack_targeted(
            victim,
            n_iter=self.steps,
            n_restarts=self.restarts,
            eps=eps,
            seed=seed,
            n_target_classes=_wrong_classes(logits, self.target_classes),
            device=inputs.device,
            logger=log,
        )
        return attack.perturb(inputs, labels)


class LinfFAB(UnitRangeAttack):
    """Fast adaptive boundary attack (Croce and Hein, ICML 2020), targeted form.

    It looks for the smallest change on the way to each of the likeliest wrong classes; any wrong
    class within eps is a success.

    Parameters
    ----------
    steps, restarts, target_classes
        As of :class:`LinfAPGDTargeted`.
    """

    def __init__(self, steps: int = 100, restarts: int = 1, target_classes: int = 9):
        _check_positive(steps=steps, restarts=restarts, target_classes=target_classes)
        self.steps = steps
        self.restarts = restarts
        self.target_classes = target_classes

    def perturb(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, eps: float, seed: int
    ) -> torch.Tensor:
        from pyautoattack.fab_pt import FABAttack_PT

        logits = _logits_with_gradient(victim, inputs, type(self).__name__)
        attack = FABAttack_PT(
            victim,
            n_iter=self.steps,
            n_restarts=self.restarts,
            eps=eps,
            seed=seed,
            targeted=True,
            n_target_classes=_wrong_classes(logits, self.target_classes),
            device=inputs.device,
        )
        return attack.perturb(inputs, labels)


class LinfSquare(UnitRangeAttack):
    """Square attack (Andriushchenko et al., ECCV 2020): random search by the victim's scores.

    It uses no gradient, so it also works on victims that have or show none.

    Parameters
    ----------
    queries
        How often the victim is asked at most about a recording.
    restarts
        Random starts, as long as a recording stands.
    """

    def __init__(self, queries: int = 1000, restarts: int = 1):
        _check_positive(queries=queries, restarts=restarts)
        self.queries = queries
        self.restarts = restarts

    def perturb(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, eps: float, seed: int
    ) -> torch.Tensor:
        from pyautoattack.square import SquareAttack

        attack = SquareAttack(
            victim,
            n_queries=self.queries,
            n_restarts=self.restarts,
            eps=eps,
            seed=seed,
            resc_schedule=False,
            device=inputs.device,
        )
        return attack.perturb(inputs, labels)


class LinfAutoAttack(UnitRangeAttack):
    """AutoAttack's standard set: APGD-CE, targeted APGD, targeted FAB and Square.

    Each attacks what the ones before it left standing. With the defaults these are the published
    settings, and the result is that of pyautoattack's ``AutoAttack(version="standard")``; with
    fewer steps, classes or queries it is a weaker attack, which must not be called AutoAttack.
    Needs four classes.

    Parameters
    ----------
    steps
        Gradient steps of the first three attacks.
    target_classes
        Classes aimed at by the two targeted ones; all wrong ones where there are fewer.
    queries
        Of Square.
    """

    def __init__(self, steps: int = 100, target_classes: int = 9, queries: int = 5000):
        self.steps = steps
        self.target_classes = target_classes
        self.queries = queries
        self.stages = (
            LinfAPGD("ce", steps),
            LinfAPGDTargeted(steps, target_classes=target_classes),
            LinfFAB(steps, target_classes=target_classes),
            LinfSquare(queries),
        )

    def perturb(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, eps: float, seed: int
    ) -> torch.Tensor:
        found = inputs.clone()
        standing = (victim(inputs).argmax(1) == labels).nonzero().squeeze(1)
        for stage in self.stages:
            if not len(standing):
                break
            returned = stage.perturb(victim, inputs[standing], labels[standing], eps, seed)
            broken = victim(returned).argmax(1) != labels[standing]
            found[standing[broken]] = returned[broken]
            standing = standing[~broken]
            log.info("%s leaves %d recordings standing", type(stage).__name__, len(standing))
        return found


class HopSkipJump(HopSkipJumpAttack):
    """HopSkipJump, which sees the victim's decisions only, on inputs of any range.

    Foolbox's own class clips to [0, 1] whatever the model's bounds are, which destroys inputs in
    dB or never ends. It also gives up a whole batch if one recording has no starting point; here
    that recording comes back unchanged. The parameters are those of Foolbox's class; it needs
    memory for ``initial_gradient_eval_steps`` times the square root of ``steps`` copies of a
    batch, and a victim that answers the same question twice alike.
    """

    def run(
        self,
        model: Any,
        inputs: Any,
        criterion: Misclassification,
        *,
        early_stop: float | None = None,
        **kwargs: Any,
    ) -> Any:
        """Look for the smallest change of each recording; see Foolbox's class.

        Raises
        ------
        ValueError
            If the criterion is another than misclassification.
        UserError
            If the victim's answers change from one time to the next.
        """
        decibels, restore_type = ep.astensor_(inputs)
        goal = get_criterion(criterion)
        if not isinstance(goal, Misclassification):
            raise ValueError(UNSUPPORTED)
        victim = UnitRange(model).eval()
        unit = victim.from_decibels(decibels.raw)
        _check_steady(victim, unit)
        scaled = PyTorchModel(victim, bounds=(0, 1), device=unit.device)
        starts = self._starts(scaled, unit, goal, early_stop)
        rows = _misheard(victim, starts, goal.labels.raw, victim(unit).argmax(1))
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
        return restore_type(ep.astensor(victim.to_decibels(found, unit, decibels.raw)))

    def _starts(
        self, model: Any, inputs: torch.Tensor, goal: Misclassification, early_stop: float | None
    ) -> torch.Tensor:
        attack = self.init_attack or LinearSearchBlendedUniformNoiseAttack(steps=50)
        return attack.run(model, inputs, goal, early_stop=early_stop)


def _misheard(
    victim: Victim, starts: torch.Tensor, labels: torch.Tensor, heard: torch.Tensor
) -> torch.Tensor:
    """Numbers of the recordings heard right whose starting points are misheard.

    They are asked about in the batch in which they will be: rounding differs between batches.
    """
    rows = (heard == labels).nonzero().squeeze(1)
    while len(rows):
        misheard = victim(starts[rows]).argmax(1) != labels[rows]
        if misheard.all():
            break
        rows = rows[misheard]
    return rows


def _check_steady(victim: Victim, inputs: torch.Tensor) -> None:
    if not torch.allclose(victim(inputs), victim(inputs), rtol=1e-3, atol=1e-3):
        raise UserError(
            "HopSkipJump needs a victim that answers the same question twice alike; this one "
            "does not. Use mishear.attacks.autoattack.LinfSquare."
        )


def _check_positive(**params: int) -> None:
    for name, value in params.items():
        if value < 1:
            raise ValueError(f"{name} is {value}, must be at least 1")


def _logits_with_gradient(victim: Victim, inputs: torch.Tensor, attack: str) -> torch.Tensor:
    """The logits of one recording, which must depend on it in a way torch can follow."""
    with torch.enable_grad():
        logits = victim(inputs[:1].clone().requires_grad_())
    if not logits.requires_grad:
        raise UserError(
            f"{attack} follows the victim's gradient, and this victim gives none. Use an attack "
            f"that needs none: mishear.attacks.autoattack.LinfSquare or "
            f"mishear.attacks.autoattack.HopSkipJump."
        )
    return logits.detach()


def _check_classes(logits: torch.Tensor, needed: int, attack: str) -> None:
    if logits.shape[1] < needed:
        raise UserError(
            f"{attack} needs at least {needed} classes, the victim has {logits.shape[1]}. Use "
            f"LinfAPGD with loss 'ce', LinfFAB or LinfSquare."
        )


def _wrong_classes(logits: torch.Tensor, wanted: int) -> int:
    """How many classes can be aimed at."""
    there = logits.shape[1] - 1
    if there < wanted:
        log.info("aiming at %d classes, not %d: there are no more wrong ones", there, wanted)
    return min(there, wanted)
