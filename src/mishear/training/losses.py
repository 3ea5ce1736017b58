"""Losses of robust training: worst inputs within eps, and noise."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

Bounds = tuple[float, float]
"""Lowest and highest value an input may have, in the unit of the front end."""

Loss = tuple[torch.Tensor, torch.Tensor]
"""The loss to minimise, a mean over the recordings, and the logits that accuracy is counted on."""


def training_loss(
    model: nn.Module,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    recipe: Mapping[str, Any],
    bounds: Bounds,
    progress: float,
) -> Loss:
    """Compute the loss of a recipe on some recordings; noise is added before anything else.

    Random numbers are drawn from torch's global state.

    Parameters
    ----------
    model
        In training mode.
    inputs
        Shape (recordings, 1, ...), within ``bounds``.
    labels
        Numbers of the true classes, shape (recordings,).
    recipe
        Its ``noise`` and ``adversarial``, each None or a mapping, with one ``sigma`` and one
        ``eps``.
    bounds
        Within which noisy and adversarial inputs are kept.
    progress
        Fraction of the training that is complete, for the warm-up.
    """
    if recipe["noise"]:
        inputs = with_noise(inputs, recipe["noise"]["sigma"], bounds)
    adversarial = recipe["adversarial"]
    if not adversarial:
        logits = model(inputs)
        return nn.functional.cross_entropy(logits, labels), logits
    eps = warmed_up(adversarial["eps"], adversarial["warm_up"], progress)
    if adversarial["method"] == "trades":
        return trades_loss(model, inputs, labels, adversarial, eps, bounds)
    return madry_loss(model, inputs, labels, adversarial, eps, bounds)


def with_noise(inputs: torch.Tensor, sigma: float, bounds: Bounds) -> torch.Tensor:
    """Add Gaussian noise of standard deviation ``sigma``, clipped to the bounds."""
    return torch.randn_like(inputs).mul_(sigma).add_(inputs).clamp_(*bounds)


def warmed_up(eps: float, warm_up: float, progress: float) -> float:
    """Compute the eps at some point of a training: linear growth while ``progress < warm_up``."""
    return eps * (progress / warm_up) if progress < warm_up else eps


def madry_loss(
    model: nn.Module,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    adversarial: Mapping[str, Any],
    eps: float,
    bounds: Bounds,
) -> Loss:
    """Compute the cross entropy on the inputs that PGD finds (Madry et al. 2018, eq. 2.1).

    Parameters
    ----------
    model, inputs, labels, bounds
        As for :func:`training_loss`.
    adversarial
        ``steps``, ``rel_stepsize`` and ``random_start``.
    eps
        Largest change of any point.
    """

    def cross_entropy(logits: torch.Tensor) -> torch.Tensor:
        return nn.functional.cross_entropy(logits, labels, reduction="sum")

    logits = model(worst_inputs(model, inputs, cross_entropy, adversarial, eps, bounds))
    return nn.functional.cross_entropy(logits, labels), logits


def trades_loss(
    model: nn.Module,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    adversarial: Mapping[str, Any],
    eps: float,
    bounds: Bounds,
) -> Loss:
    """Compute cross entropy on the recordings plus ``beta`` times the KL divergence (TRADES).

    The divergence is between the predictions on the recordings and on the inputs within eps that
    maximise it (Zhang et al. 2019, eq. 5; ``beta`` is their 1 / lambda). The logits returned are
    those of the perturbed inputs.

    Parameters
    ----------
    model, inputs, labels, bounds
        As for :func:`training_loss`.
    adversarial
        ``steps``, ``rel_stepsize``, ``random_start`` and ``beta``.
    eps
        Largest change of any point.
    """
    divergence = divergence_from(model, inputs)
    perturbed = worst_inputs(model, inputs, divergence, adversarial, eps, bounds)
    natural, logits = model(inputs), model(perturbed)
    gap = nn.functional.kl_div(
        logits.log_softmax(1), natural.log_softmax(1), reduction="batchmean", log_target=True
    )
    return nn.functional.cross_entropy(natural, labels) + adversarial["beta"] * gap, logits


def divergence_from(
    model: nn.Module, inputs: torch.Tensor
) -> Callable[[torch.Tensor], torch.Tensor]:
    """Make a function of logits: their divergence from the predictions on some recordings.

    Parameters
    ----------
    model
        Predicts in evaluation mode; its own mode is restored.
    inputs
        Shape (recordings, 1, ...).

    Returns
    -------
    callable
        The Kullback-Leibler divergence in nats, summed over the recordings, of logits of shape
        (recordings, classes).
    """
    with torch.no_grad(), evaluating(model):
        expected = nn.functional.softmax(model(inputs), 1)

    def divergence(logits: torch.Tensor) -> torch.Tensor:
        return nn.functional.kl_div(logits.log_softmax(1), expected, reduction="sum")

    return divergence


def worst_inputs(
    model: nn.Module,
    inputs: torch.Tensor,
    loss: Callable[[torch.Tensor], torch.Tensor],
    adversarial: Mapping[str, Any],
    eps: float,
    bounds: Bounds,
) -> torch.Tensor:
    """Maximise a loss within eps, from the inputs or from a random point.

    Parameters
    ----------
    model, inputs, eps, bounds
        As for :func:`madry_loss`.
    loss
        Function of logits, summed over the recordings.
    adversarial
        ``steps``, ``rel_stepsize`` and ``random_start``.
    """
    start = inputs
    if adversarial["random_start"]:
        start = torch.empty_like(inputs).uniform_(-eps, eps).add_(inputs)
    ascent = Ascent(eps, adversarial["rel_stepsize"] * eps, adversarial["steps"], bounds)
    return climb(model, inputs, start, loss, ascent)


@dataclass(frozen=True)
class Ascent:
    """Settings of a projected gradient ascent.

    Attributes
    ----------
    eps, stepsize : float
        Largest change of any point, and its change in one step.
    steps : int
        Number of steps.
    bounds : tuple of float
        Lowest and highest value allowed.
    """

    eps: float
    stepsize: float
    steps: int
    bounds: Bounds


def climb(
    model: nn.Module,
    inputs: torch.Tensor,
    start: torch.Tensor,
    loss: Callable[[torch.Tensor], torch.Tensor],
    ascent: Ascent,
) -> torch.Tensor:
    """Maximise a loss in the L-infinity norm (Madry et al. 2018, sect. 2.1).

    The model is in evaluation mode meanwhile, as its attackers will find it: batch normalisation
    uses its running statistics and does not learn from unfinished inputs. Gradients are computed
    for the inputs only.

    Parameters
    ----------
    model
        Its mode is restored.
    inputs
        Shape (recordings, 1, ...), within the bounds.
    start
        Starting point; projected to eps and bounds first.
    loss
        Function of logits, summed over the recordings.
    ascent
        Settings.
    """
    lowest = (inputs - ascent.eps).clamp_(min=ascent.bounds[0])
    highest = (inputs + ascent.eps).clamp_(max=ascent.bounds[1])
    perturbed = torch.clamp(start, lowest, highest)
    with evaluating(model):
        for _ in range(ascent.steps):
            perturbed.requires_grad_()
            (gradient,) = torch.autograd.grad(loss(model(perturbed)), perturbed)
            perturbed = perturbed.detach().add_(gradient.sign_(), alpha=ascent.stepsize)
            torch.clamp(perturbed, lowest, highest, out=perturbed)
    return perturbed


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Put a model into evaluation mode and restore its mode afterwards, even after an error."""
    training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(training)
