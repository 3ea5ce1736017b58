"""Run an attack on a batch of inputs: restarts, targets, transfer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import nn

from mishear.attacks.judging import ANY, UNTARGETED, Attackable, Outcome, Threat, judge
from mishear.attacks.norms import norm_of, norm_values
from mishear.attacks.queries import asks_alone, counted_queries, follows_gradient
from mishear.core.errors import UserError
from mishear.core.random_streams import derived_seed, stream

UNSUPPORTED = "unsupported criterion"
"""Text of the error that Foolbox's attacks raise for a criterion they cannot pursue."""

NO_START = "init_attack failed"
"""What the error of Foolbox's searches begins with where they find nothing to begin with."""


def attack_batch(
    victim: Attackable,
    attack: Any,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    threat: Threat,
    seed: int,
    source: Attackable | None = None,
) -> Outcome:
    """Attack a batch and judge what the attack returns.

    Behind a random defence, the attack, the judge that chooses between its attempts, and the
    prediction that is reported each have random draws of their own. A choice made by some draws
    looks better by the same draws than it is.

    Parameters
    ----------
    victim
        The victim that is evaluated, in evaluation mode, with frozen parameters.
    attack
        From :func:`mishear.attacks.building.build_attack`.
    inputs
        Inputs to perturb, of shape (recordings, 1, ...), or
        whatever else the victim takes.
    labels
        Numbers of the true classes, shape (recordings,).
    threat
        Limits, restarts and targets. Every restart is made once through each surrogate of the
        victim's defences, and for each recording the best result counts: any success or, without
        a limit, the smallest change.
    seed
        Seed of the attack: of its random start and of its draws from a random defence. Those of
        later attempts, of the judge and of the prediction reported are derived from it.
    source
        For a transfer attack the source model; unset: the victim.

    Raises
    ------
    UserError
        If the attack cannot aim at a class, or only at one.
    """
    norm, routes = norm_of(attack), _routes(attack, source or victim)
    aims = _aims(victim, inputs, labels, threat, seed)
    target = torch.full_like(labels, ANY) if threat.any_class else aims[0]
    batch = _Batch(inputs, labels, threat, np.zeros(len(inputs)))

    def attempt(rows: torch.Tensor, number: int) -> torch.Tensor:
        turn, route = divmod(number, len(routes))
        search = _Search(attack, routes[route], batch, aims[turn % len(aims)])
        run = search.one_by_one if asks_alone(attack, victim) else search.together
        return run(rows, _seed(seed, number))

    def judged(rows: torch.Tensor, returned: torch.Tensor, seed: int) -> Outcome:
        return judge(victim.part(rows), inputs[rows], returned, threat, norm, seed, target[rows])

    def sizes_after(rows: torch.Tensor, returned: torch.Tensor, number: int) -> torch.Tensor:
        outcome = judged(rows, returned, derived_seed(seed, "judge", str(number)))
        return _sizes(outcome, labels[rows], inputs[rows], norm)

    returned = attempt(everyone := torch.arange(len(inputs), device=inputs.device), 0)
    further = range(1, threat.restarts * len(aims) * len(routes))
    best = sizes_after(everyone, returned, 0) if further else None
    for number in further:
        if not len(rows := everyone[best == torch.inf if np.isfinite(threat.eps) else best > 0]):
            break
        again = attempt(rows, number)
        found = sizes_after(rows, again, number)
        better = rows[found < best[rows]]
        returned[better] = again[found < best[rows]]
        best[rows] = torch.minimum(best[rows], found)
    counts = source is None and not follows_gradient(type(attack)) and batch.queries.any()
    return replace(judged(everyone, returned, seed), queries=batch.queries if counts else None)


@dataclass(frozen=True)
class _Batch:
    """What is attacked, and how many queries were made about each recording."""

    inputs: torch.Tensor
    labels: torch.Tensor
    threat: Threat
    queries: np.ndarray


@dataclass(frozen=True)
class _Search:
    """An attack on a model, aimed at classes or at any wrong one."""

    attack: Any
    model: Attackable
    batch: _Batch
    aim: torch.Tensor | None

    def together(self, rows: torch.Tensor, seed: int) -> torch.Tensor:
        """Attack some recordings of the batch at once."""
        from foolbox import PyTorchModel

        inputs, threat = self.batch.inputs[rows], self.batch.threat
        asked = self.model.part(rows).eval()
        model = PyTorchModel(asked, threat.bounds, inputs.device)
        goal = _goal(self.batch.labels, self.aim, rows)
        with counted_queries(asked, self.batch.queries, rows):
            return perturbed(model, self.attack, inputs, goal, threat.eps, seed)

    def one_by_one(self, rows: torch.Tensor, seed: int) -> torch.Tensor:
        """Attack each of some recordings by itself, unless it is surely misclassified already."""
        inputs, labels = self.batch.inputs, self.batch.labels
        returned = inputs[rows].clone()
        for place, row in enumerate(rows.split(1)):
            predicted = self.model.part(row).predict(inputs[row], seed)
            if not self.model.is_random and predicted != labels[row]:
                continue
            try:
                own_seed = derived_seed(seed, "recording", str(int(row)))
                returned[place] = self.together(row, own_seed)[0]
            except ValueError as error:
                if not str(error).startswith(NO_START):
                    raise
        return returned


def _routes(attack: Any, victim: Attackable) -> Sequence[Attackable]:
    """Return the victim once for each way to its gradient, where the attack uses one."""
    return victim.routes() if follows_gradient(type(attack)) else [victim]


def _goal(labels: torch.Tensor, aim: torch.Tensor | None, rows: torch.Tensor) -> Any:
    return criterion(labels[rows], None if aim is None else aim[rows])


def criterion(labels: torch.Tensor, aim: torch.Tensor | None) -> Any:
    """Return Foolbox's criterion: misclassification, or classification as ``aim``."""
    from foolbox.criteria import Misclassification, TargetedMisclassification

    return Misclassification(labels) if aim is None else TargetedMisclassification(aim)


def perturbed(
    model: Any, attack: Any, inputs: torch.Tensor, goal: Any, eps: float, seed: int
) -> torch.Tensor:
    """Run an attack once and clip what it returns to ``eps``.

    Parameters
    ----------
    model
        A Foolbox model.
    attack
        From :func:`mishear.attacks.building.build_attack`.
    inputs
        Inputs to perturb.
    goal
        From :func:`criterion`.
    eps
        Largest perturbation; infinite: no limit.
    seed
        Seed of the attack.

    Raises
    ------
    UserError
        If the attack cannot pursue the goal.
    """
    from foolbox.attacks.base import FixedEpsilonAttack

    torch.manual_seed(seed)
    np.random.seed(seed)
    limit = {"epsilon": eps} if isinstance(attack, FixedEpsilonAttack) else {}
    try:
        returned = attack.run(model, inputs, goal, **limit)
    except ValueError as error:
        if str(error) != UNSUPPORTED:
            raise
        raise UserError(
            f"{type(attack).__name__} cannot pursue the goal {type(goal).__name__}. Choose "
            f"another attack or other targets ('{UNTARGETED}': any wrong class)."
        ) from error
    if np.isfinite(eps):
        # As Foolbox's own calls do; some of its attacks return up to 1 % more than eps.
        returned = attack.distance.clip_perturbation(inputs, returned, eps)
    return returned


def _aims(
    victim: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, threat: Threat, seed: int
) -> list[torch.Tensor | None]:
    """Return the classes to aim at one after the other; None for any wrong class."""
    targets = threat.targets
    if threat.aim is not None:
        return [torch.full_like(labels, threat.aim)]
    if targets == UNTARGETED:
        return [None]
    torch.manual_seed(derived_seed(seed, "aims"))
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


def _seed(seed: int, attempt: int) -> int:
    return derived_seed(seed, "attempt", str(attempt)) if attempt else seed


def _sizes(outcome: Outcome, labels: torch.Tensor, inputs: torch.Tensor, norm: str) -> torch.Tensor:
    """Return the size of each successful change; infinite for no success.

    It is 0 for a recording that was misclassified before: nothing can be smaller.
    """
    numbers = labels.cpu().numpy()
    found = norm_values(outcome.adversarial - inputs, norm)
    succeeded = torch.from_numpy(outcome.success(numbers)).to(found.device)
    correct = torch.from_numpy(outcome.correct_clean(numbers)).to(found.device)
    return torch.where(correct, torch.where(succeeded, found, torch.inf), 0)
