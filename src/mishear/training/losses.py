"""Losses of trainings that make a network robust: worst inputs within eps, and noise."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

Bounds = tuple[float, float]
"""Lowest and highest value an input may have, dB."""

Loss = tuple[torch.Tensor, torch.Tensor]
"""What is minimised, a mean over the recordings, and the logits that accuracy is counted on."""


def training_loss(
    model: nn.Module,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    recipe: Mapping[str, Any],
    bounds: Bounds,
    progress: float,
) -> Loss:
    """The loss of a recipe on some recordings; noise is added before anything else.

    What is drawn comes from torch's global random state.

    Parameters
    ----------
    model
        In training mode.
    inputs
        Shape (recordings, 1, n_mels, frames), dB, within ``bounds``.
    labels
        Numbers of the true classes, shape (recordings,).
    recipe
        Its ``noise`` and ``adversarial``, each None or a mapping, with one ``sigma`` and one
        ``eps``.
    bounds
        Within which noisy and adversarial inputs are kept.
    progress
        Share of the training that is done, for the warm-up.
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
    """Inputs with Gaussian noise of standard deviation ``sigma`` (dB), kept within bounds."""
    return torch.randn_like(inputs).mul_(sigma).add_(inputs).clamp_(*bounds)


def warmed_up(eps: float, warm_up: float, progress: float) -> float:
    """The eps at some point of a training: it grows linearly while ``progress < warm_up``."""
    return eps * (progress / warm_up) if progress < warm_up else eps


def madry_loss(
    model: nn.Module,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    adversarial: Mapping[str, Any],
    eps: float,
    bounds: Bounds,
) -> Loss:
    """Cross entropy on the inputs that PGD finds (Madry et al. 2018, eq. 2.1).

    Parameters
    ----------
    model, inputs, labels, bounds
        As for :func:`training_loss`.
    adversarial
        ``steps``, ``rel_stepsize`` and ``random_start``.
    eps
        Largest change of any point, dB.
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
    """Cross entropy on the recordings plus ``beta`` times the KL divergence (TRADES).

    The divergence is that of the predictions on the inputs where it is largest from those on
    the recordings (Zhang et al. 2019, eq. 5; ``beta`` is their 1 / lambda). The logits returned
    are those of the changed inputs.

    Parameters
    ----------
    model, inputs, labels, bounds
        As for :func:`training_loss`.
    adversarial
        ``steps``, ``rel_stepsize``, ``random_start`` and ``beta``.
    eps
        Largest change of any point, dB.
    """
    divergence = divergence_from(model, inputs)
    changed = worst_inputs(model, inputs, divergence, adversarial, eps, bounds)
    natural, logits = model(inputs), model(changed)
    gap = nn.functional.kl_div(
        logits.log_softmax(1), natural.log_softmax(1), reduction="batchmean", log_target=True
    )
    return nn.functional.cross_entropy(natural, labels) + adversarial["beta"] * gap, logits


def divergence_from(
    model: nn.Module, inputs: torch.Tensor
) -> Callable[[torch.Tensor], torch.Tensor]:
    """Function of logits: how far they are from the predictions on some recordings.

    Parameters
    ----------
    model
        In either mode, in which it is left; it predicts in evaluation mode.
    inputs
        Shape (recordings, 1, n_mels, frames), dB.

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
    """Climb a loss from the inputs, or from a random place within eps of each.

    Parameters
    ----------
    model, inputs, eps, bounds
        As for :func:`madry_loss`.
    loss
        Of logits, summed over the recordings.
    adversarial
        ``steps``, ``rel_stepsize`` and ``random_start``.
    """
    start = inputs
    if adversarial["random_start"]:
        start = torch.empty_like(inputs).uniform_(-eps, eps).add_(inputs)
    stepsize = adversarial["rel_stepsize"] * eps
    return climb(model, inputs, start, loss, eps, stepsize, adversarial["steps"], bounds)


def climb(
    model: nn.Module,
    inputs: torch.Tensor,
    start: torch.Tensor,
    loss: Callable[[torch.Tensor], torch.Tensor],
    eps: float,
    stepsize: float,
    steps: int,
    bounds: Bounds,
) -> torch.Tensor:
    """Projected gradient ascent of a loss in the L-infinity norm (Madry et al. 2018, sect. 2.1).

    The model is in evaluation mode meanwhile, as its attackers will find it: batch normalisation
    uses its running statistics and does not learn from unfinished inputs. Gradients are computed
    for the inputs only.

    Parameters
    ----------
    model
        In either mode, in which it is left.
    inputs
        Shape (recordings, 1, n_mels, frames), dB, within ``bounds``.
    start
        Where to start; brought within eps and bounds first.
    loss
        Of logits, summed over the recordings.
    eps, stepsize
        Largest change of any point, and the change in one step, dB.
    steps
        How many.
    bounds
        Lowest and highest value allowed, dB.
    """
    lowest = (inputs - eps).clamp_(min=bounds[0])
    highest = (inputs + eps).clamp_(max=bounds[1])
    changed = torch.clamp(start, lowest, highest)
    with evaluating(model):
        for _ in range(steps):
            changed.requires_grad_()
            (gradient,) = torch.autograd.grad(loss(model(changed)), changed)
            changed = changed.detach().add_(gradient.sign_(), alpha=stepsize)
            torch.clamp(changed, lowest, highest, out=changed)
    return changed


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Evaluation mode for a while; then, also after an error, the mode there was before."""
    training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(training)
