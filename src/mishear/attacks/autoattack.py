"""AutoAttack and its four parts, with Foolbox's interface.

In the config: ``class: mishear.attacks.autoattack.LinfAPGD``.

The attacks (Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of
diverse parameter-free attacks", ICML 2020) are run by pyautoattack, the authors' own release.
"""

import logging
from typing import Literal

import torch

from mishear.attacks.folding import folded, unfolded
from mishear.attacks.unit_range import UnitRangeAttack, Victim
from mishear.core.errors import UserError

log = logging.getLogger(__name__)

FOR_DLR = 3
"""Number of classes below which the difference of logits ratio (DLR) is not defined."""
FOR_TARGETED_DLR = 4
"""The same for its targeted form."""


class LinfAPGD(UnitRangeAttack):
    """Auto-PGD: projected gradient descent that finds its step size itself.

    Parameters
    ----------
    loss
        ``ce``: cross entropy; ``dlr``: difference of logits ratio (equation 6 of the paper), whose
        gradient does not vanish where a victim is very confident. DLR needs three classes.
    steps
        Gradient steps.
    restarts
        Random starts, made until one succeeds.
    draws
        Gradients over which each step takes the mean, for a randomised victim (expectation over
        transformation, Athalye et al. 2018).
    """

    def __init__(
        self,
        loss: Literal["ce", "dlr"] = "ce",
        steps: int = 100,
        restarts: int = 1,
        draws: int = 1,
    ):
        _check_positive(steps=steps, restarts=restarts, draws=draws)
        self.loss = loss
        self.steps = steps
        self.restarts = restarts
        self.draws = draws

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
            eot_iter=self.draws,
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
        Random starts for each class aimed at, made until one succeeds.
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

    It minimises the perturbation towards each of the likeliest wrong classes; any wrong class
    within eps is a success.

    Parameters
    ----------
    steps, restarts, target_classes
        See :class:`LinfAPGDTargeted`.
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

    It uses no gradient, so it also works on victims that have none or mask it. Samples of a
    waveform are folded to a square, or nearly one, in which one of the attack's squares is some
    stretches of time.

    Parameters
    ----------
    queries
        Largest number of queries to the victim for a recording.
    restarts
        Random starts, made until one succeeds.
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
            lambda found: victim(unfolded(found, inputs)),
            n_queries=self.queries,
            n_restarts=self.restarts,
            eps=eps,
            seed=seed,
            resc_schedule=False,
            device=inputs.device,
        )
        return unfolded(attack.perturb(folded(inputs), labels), inputs)


class LinfAutoAttack(UnitRangeAttack):
    """AutoAttack: APGD-CE, targeted APGD, targeted FAB and Square, or its version for randomness.

    Each attacks the recordings on which those before it failed. The defaults are the published
    settings, with which the result is that of pyautoattack's ``AutoAttack(version="standard")``.
    With fewer steps, classes, queries or draws it is a weaker attack, which must not be called
    AutoAttack. Needs four classes, ``rand`` three.

    Parameters
    ----------
    steps
        Gradient steps of the first three attacks.
    target_classes
        Classes aimed at by the two targeted ones; all wrong ones where there are fewer.
    queries
        Queries of Square for a recording.
    version
        ``standard``, or ``rand`` for victims with a randomised defence: APGD-CE and APGD-DLR, whose
        steps follow the mean of several gradients.
    draws
        Gradients of each step of ``rand``. Each is already the mean over the defence's own
        ``gradient_samples``.
    """

    def __init__(
        self,
        steps: int = 100,
        target_classes: int = 9,
        queries: int = 5000,
        version: Literal["standard", "rand"] = "standard",
        draws: int = 20,
    ):
        self.steps = steps
        self.target_classes = target_classes
        self.queries = queries
        self.version = version
        self.stages = self._standard() if version == "standard" else self._random(draws)

    def _random(self, draws: int) -> tuple[UnitRangeAttack, ...]:
        return LinfAPGD("ce", self.steps, draws=draws), LinfAPGD("dlr", self.steps, draws=draws)

    def _standard(self) -> tuple[UnitRangeAttack, ...]:
        steps, target_classes, queries = self.steps, self.target_classes, self.queries
        return (
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
            log.info("%s leaves %d recordings correct", type(stage).__name__, len(standing))
        return found


def _check_positive(**params: int) -> None:
    for name, value in params.items():
        if value < 1:
            raise ValueError(f"{name} is {value}, must be at least 1")


def _logits_with_gradient(victim: Victim, inputs: torch.Tensor, attack: str) -> torch.Tensor:
    """Compute the logits of one recording, and check that torch can differentiate them."""
    with torch.enable_grad():
        logits = victim(inputs[:1].clone().requires_grad_())
    if not logits.requires_grad:
        raise UserError(
            f"{attack} follows the victim's gradient, and this victim gives none. Use an attack "
            f"that needs none: mishear.attacks.autoattack.LinfSquare or "
            f"mishear.attacks.hopskipjump.HopSkipJump."
        )
    return logits.detach()


def _check_classes(logits: torch.Tensor, needed: int, attack: str) -> None:
    if logits.shape[1] < needed:
        raise UserError(
            f"{attack} needs at least {needed} classes, the victim has {logits.shape[1]}. Use "
            f"LinfAPGD with loss 'ce', LinfFAB or LinfSquare."
        )


def _wrong_classes(logits: torch.Tensor, wanted: int) -> int:
    """Return the number of classes to aim at, at most ``wanted``."""
    there = logits.shape[1] - 1
    if there < wanted:
        log.info("aiming at %d classes, not %d: there are no more wrong ones", there, wanted)
    return min(there, wanted)
