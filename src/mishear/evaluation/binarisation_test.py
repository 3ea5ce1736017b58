"""A unit test of attacks on the victim itself, whose last layer is replaced.

This is the binarisation test of Zimmermann et al. ("Increasing confidence in adversarial robustness
evaluations", NeurIPS 2022, section 4). For each recording, a linear readout of the victim's own
features tells points well within eps of the recording from one point at eps. That point is an
adversarial example, known to exist. An attack that goes through the victim and its defences as
usual must find it or another one. The success rate of random samples within eps says how easy the
test is.

Points at eps are changed by +eps or -eps in blocks of random sizes, and of several the one is
planted that moves the features farthest: an attack has to use the gradient well to get as far. The
readout's direction is that of a discriminant with a diagonal covariance, in place of the paper's
logistic regression.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from mishear.attacks.building import build_attack
from mishear.attacks.judging import Threat
from mishear.attacks.norms import norm_values, spread
from mishear.attacks.running import attack_batch
from mishear.defences.base import Defence
from mishear.defences.defended import DefendedVictim
from mishear.training.building import Reordered

log = logging.getLogger(__name__)

INNER, CANDIDATES, SAMPLES = 100, 32, 100
"""Points within eps, candidates for the planted point, and random samples, for each recording."""
WITHIN = 0.95
"""Largest distance of the inner points, as a fraction of eps."""
CLOSENESS = 0.9
"""Where the threshold lies between the farthest inner point and the planted one."""
CLOSENESS_RANDOM = 0.5
"""The same behind a randomised defence, where the features of a point vary."""
BLOCKS = (1, 2, 4, 8, 16, 32)
"""Numbers of blocks along each side of the change of a candidate."""
DRAWS = 8
"""Draws of a randomised defence over which the features of a candidate are averaged."""
LOGIT = 5.0
"""Margin of a recording: as large as that of trained networks."""
PADDING = 2
"""Classes that are never the likeliest, because some losses need four."""


@dataclass(frozen=True)
class Planting:
    """Settings of the test.

    Attributes
    ----------
    eps : float
        Distance of the planted examples.
    norm : str
        ``linf`` or ``l2``.
    bounds : tuple of float
        Lowest and highest value of an input.
    seed : int
        Of the points, and of the attack.
    """

    eps: float
    norm: str
    bounds: tuple[float, float]
    seed: int = 0


@dataclass(frozen=True)
class Planted:
    """Recordings with planted examples.

    Attributes
    ----------
    victim : DefendedVictim
        Class 0 is that of the recordings, class 1 that of the planted examples.
    recordings, examples : torch.Tensor of shape (recordings, 1, ...)
    rows : numpy.ndarray
        Which of the given recordings they are.
    at_random : numpy.ndarray of shape (recordings,), of bool
        Whether one of the random samples is of class 1.
    """

    victim: DefendedVictim
    recordings: torch.Tensor
    examples: torch.Tensor
    rows: np.ndarray
    at_random: np.ndarray


def plant(victim: DefendedVictim, recordings: torch.Tensor, test: Planting) -> Planted | None:
    """Plant an example near each recording.

    Recordings without a point that a readout tells from the inner points are left out.

    Returns
    -------
    Planted or None
        None where the network's last layer is not linear, the norm is another one, or no recording
        is left.
    """
    linear = last_layer(victim.network, recordings[:1]) if test.norm in ("linf", "l2") else None
    if linear is None:
        log.info("nothing planted: the last layer is not linear, or the norm is %s", test.norm)
        return None
    with torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(test.seed)
        parts = [_plant_one(victim, linear, recording, test) for recording in recordings]
    rows = [row for row, part in enumerate(parts) if part is not None]
    if not rows:
        return None
    found = [part for part in parts if part is not None]
    examples = torch.stack([part.example for part in found])
    weight, offset = (torch.stack(each) for each in zip(*(p.readout for p in found), strict=True))
    readouts = _Readouts(victim.network, linear, weight, offset)
    planted = PlantedVictim(readouts, recordings[rows], list(victim.defences)).eval()
    clean, moved = (planted.predict(each, test.seed) for each in (recordings[rows], examples))
    valid = ((clean == 0) & (moved == 1)).cpu()
    if not valid.any():
        return None
    at_random = np.array([part.at_random for part in found])[valid.numpy()]
    kept = valid.to(recordings.device)
    return Planted(
        planted, recordings[rows][kept], examples[kept], np.array(rows)[valid.numpy()], at_random
    )


def found(
    definition: Mapping[str, Any], planted: Planted, test: Planting, eps: float
) -> np.ndarray:
    """Attack the recordings, and return where the attack found an example, shape (recordings,).

    Parameters
    ----------
    definition
        The attack's ``class``, ``params``, ``restarts`` and ``targets``.
    planted, test
        The recordings and the settings.
    eps
        Largest perturbation allowed; infinite for an attack that looks for the smallest: one
        that is larger than the planted example does not count.
    """
    labels = torch.zeros(len(planted.recordings), dtype=torch.long, device=planted.examples.device)
    threat = Threat(eps, test.bounds, definition["restarts"])
    attack = build_attack(definition)
    outcome = attack_batch(planted.victim, attack, planted.recordings, labels, threat, test.seed)
    size = norm_values(outcome.adversarial - planted.recordings, test.norm).cpu().numpy()
    return outcome.success(labels.cpu().numpy()) & (size <= test.eps * 1.001)


def last_layer(network: nn.Module, inputs: torch.Tensor) -> nn.Linear | None:
    """Return the linear layer whose output is the network's, in any order; None for no such."""
    if isinstance(network, Reordered):
        network = network.network
    layers = [module for module in network.modules() if isinstance(module, nn.Linear)]
    if not layers:
        return None
    with torch.no_grad():
        features = features_of(network, layers[-1], inputs)
        is_last = features is not None and torch.equal(layers[-1](features), network(inputs))
    return layers[-1] if is_last and features.ndim == 2 else None


def features_of(network: nn.Module, linear: nn.Linear, inputs: torch.Tensor) -> Any:
    """Compute what a layer of the network is given; None where it is not used."""
    given: list[torch.Tensor] = []
    hook = linear.register_forward_pre_hook(lambda layer, inputs: given.append(inputs[0]))
    try:
        network(inputs)
    finally:
        hook.remove()
    return given[-1] if given else None


class _Readouts(nn.Module):
    """Replace the last layer by readouts, one for each recording."""

    def __init__(
        self, network: nn.Module, linear: nn.Linear, weight: torch.Tensor, offset: torch.Tensor
    ):
        super().__init__()
        self.network, self.linear = network, linear
        self.weight, self.offset = weight, offset
        self.rows: torch.Tensor | None = None

    def forward(self, spectrograms: torch.Tensor) -> torch.Tensor:
        features = features_of(self.network, self.linear, spectrograms)
        margin = (features * self.weight[self.rows]).sum(1) + self.offset[self.rows]
        logits = torch.stack([-margin / 2, margin / 2], dim=1)
        lowest = logits.detach().amin(1, keepdim=True) - 1
        return torch.cat([logits, lowest.repeat(1, PADDING)], dim=1)


class PlantedVictim(DefendedVictim):
    """A defended victim whose readout is that of the recording nearest to the input.

    So attacks may work on any part of a batch.
    """

    def __init__(self, readouts: nn.Module, recordings: torch.Tensor, defences: Sequence[Defence]):
        super().__init__(readouts, defences)
        self.recordings = recordings

    def behind_others(self, defences: Sequence[Defence]) -> "PlantedVictim":
        return PlantedVictim(self.network, self.recordings, defences).eval()

    def forward(self, spectrograms: torch.Tensor) -> torch.Tensor:
        self._choose(spectrograms)
        return super().forward(spectrograms)

    def predict(self, spectrograms: torch.Tensor, seed: int) -> torch.Tensor:
        self._choose(spectrograms)
        return super().predict(spectrograms, seed)

    def _choose(self, spectrograms: torch.Tensor) -> None:
        distances = torch.cdist(spectrograms.detach().flatten(1), self.recordings.flatten(1))
        self.network.rows = distances.argmin(1)


@dataclass(frozen=True)
class _Part:
    """The planted example of one recording, its readout, and whether samples find it."""

    example: torch.Tensor
    readout: tuple[torch.Tensor, torch.Tensor]
    at_random: bool


def _plant_one(
    victim: DefendedVictim, linear: nn.Linear, recording: torch.Tensor, test: Planting
) -> _Part | None:
    before = nn.Sequential(*victim.defences)
    draws = DRAWS if victim.is_random else 1

    def features(points: torch.Tensor) -> torch.Tensor:
        drawn = [features_of(victim.network, linear, before(points)) for _ in range(draws)]
        return torch.stack(drawn).mean(0)

    clean = recording[None]
    inner = features(torch.cat([clean, _within(recording, INNER, test.eps * WITHIN, test)]))
    points = _at_eps(recording, test)
    candidates = features(points)
    centre, spread = inner.mean(0), inner.var(0)
    weights = (candidates - centre) / (spread + 0.1 * spread.mean() + 1e-12)
    reached = (candidates * weights).sum(1)
    farthest = (inner @ weights.T).amax(0)
    distance = (inner @ weights.T).std(0) + 1e-12
    best = int(((reached - farthest) / distance).argmax())
    if reached[best] <= farthest[best]:
        return None
    closeness = CLOSENESS_RANDOM if victim.is_random else CLOSENESS
    threshold = farthest[best] + closeness * (reached[best] - farthest[best])
    scale = LOGIT / (threshold - inner[0] @ weights[best])
    samples = features(_within(recording, SAMPLES, test.eps, test)) @ weights[best]
    at_random = bool((samples > threshold).any())
    return _Part(points[best], (weights[best] * scale, -threshold * scale), at_random)


def _within(recording: torch.Tensor, count: int, eps: float, test: Planting) -> torch.Tensor:
    """Draw points uniformly within eps of a recording."""
    noise = torch.rand(count, *recording.shape, device=recording.device) * 2 - 1
    if test.norm == "l2":
        noise = torch.randn_like(noise)
        radius = torch.rand(count, device=noise.device) ** (1 / recording.numel())
        noise *= spread(radius / norm_values(noise, "l2"), noise)
    return (recording + eps * noise).clamp(*test.bounds)


def _at_eps(recording: torch.Tensor, test: Planting) -> torch.Tensor:
    """Draw the candidates, changed by as much in every cell."""
    size = recording.shape[1:]
    changes = []
    for number in range(CANDIDATES):
        blocks = [min(BLOCKS[number % len(BLOCKS)], side) for side in size]
        signs = torch.randint(0, 2, (1, 1, *blocks), device=recording.device) * 2.0 - 1
        changes.append(nn.functional.interpolate(signs, size=tuple(size)))
    change = torch.cat(changes)
    if test.norm == "l2":
        change = change / spread(norm_values(change, "l2"), change)
    return (recording + test.eps * change).clamp(*test.bounds)
