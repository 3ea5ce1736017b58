"""A test of attacks: a network that is certainly attackable, and how much of it an attack breaks.

An attack that fails says little about a victim while it is not known that the attack works: with
these inputs, these bounds, this eps. Zimmermann et al. ("Increasing confidence in adversarial
robustness evaluations", NeurIPS 2022) therefore plant adversarial examples, and expect an attack
to find them. Here they are planted in a linear network, where they are known in closed form.

The network has a pattern of +1 and -1 over the input for each class, each orthogonal to all
others; the logit of a class is the mean of the input times its pattern. A recording is noise
without any of these patterns, plus a little of its own class's. Turning the cells in which two
patterns differ from one to the other takes the recording from one class to the other class, and
no smaller change does: the network is linear.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from mishear.attacks.building import build_attack
from mishear.attacks.judging import Threat
from mishear.attacks.norms import norm_values
from mishear.attacks.running import attack_batch
from mishear.core.errors import UserError
from mishear.core.random_streams import stream
from mishear.defences.defended import DefendedVictim

BLOCKS = 4
"""Patterns are made of 4 x 4 blocks: coarse enough to be found by a search without gradients."""
LOGIT = 5.0
"""By how much a recording's own logit exceeds the others: as sure of itself as trained networks."""


@dataclass(frozen=True)
class Planted:
    """An attackable network with recordings it hears right.

    Attributes
    ----------
    network : torch.nn.Module
        Logits of shape (recordings, classes) from inputs in dB.
    recordings : torch.Tensor of shape (recordings, 1, n_mels, frames), dB
    labels : torch.Tensor of shape (recordings,)
        Numbers of their classes.
    patterns : torch.Tensor of shape (classes, 1, n_mels, frames)
        Of +1 and -1; 0 in rows and columns left over by the division into blocks.
    eps, share, norm
        The smallest change to any wrong class is ``share * eps`` in ``norm``.
    """

    network: nn.Module
    recordings: torch.Tensor
    labels: torch.Tensor
    patterns: torch.Tensor
    eps: float
    share: float
    norm: str

    def adversarial(self, targets: torch.Tensor, share: float) -> torch.Tensor:
        """The recordings, changed by ``share * eps`` in the best direction towards other classes.

        With more than the planted share each is heard as its target, with less as before.
        """
        towards = self.patterns[targets] - self.patterns[self.labels]
        return self.recordings + towards * (share * self.eps / norm_values(towards[:1], self.norm))


def plant(
    shape: tuple[int, int],
    bounds: tuple[float, float],
    eps: float,
    norm: str,
    share: float = 0.6,
    count: int = 20,
    classes: int = 10,
    seed: int = 0,
) -> Planted:
    """Make an attackable network and its recordings.

    Parameters
    ----------
    shape
        ``n_mels`` and ``frames`` of an input, each at least 4.
    bounds
        Lowest and highest value of an input, dB. All planted examples lie within.
    eps
        Largest perturbation an attack will be allowed, dB.
    norm
        In which eps is measured: ``linf``, ``l2`` or ``l1``.
    share
        The share of eps that an attack needs.
    count
        Recordings; their classes take turns.
    classes
        At most 15.
    seed
        Of the noise in the recordings.

    Raises
    ------
    UserError
        If the bounds leave no room for a change of eps, or there are too many classes.
    """
    patterns = _patterns(shape, classes)
    cells = float(patterns[0].abs().sum())
    towards = (patterns[1] - patterns[0])[None]
    # What a change of `share * eps` along `towards` gains for the other class: half of the cells
    # differ, so the mean of `towards` times itself is 2.
    margin = 2 * share * eps / float(norm_values(towards, norm))
    room = (bounds[1] - bounds[0]) / 2 - margin - eps
    if room <= 0:
        raise UserError(
            f"an attack cannot be tested with an eps of {eps:g} dB within {bounds[0]:g} to "
            f"{bounds[1]:g} dB: it may be about a third of that range."
        )
    labels = torch.arange(count) % classes
    noise = _noise(patterns, cells, count, seed)
    noise *= room / noise.abs().amax()
    centre = (bounds[0] + bounds[1]) / 2
    recordings = centre + noise + margin * patterns[labels]
    network = _network(patterns, cells, centre, LOGIT / margin)
    return Planted(network, recordings.float(), labels, patterns.float(), eps, share, norm)


def planted_broken(
    definition: Mapping[str, Any],
    shape: tuple[int, int],
    bounds: tuple[float, float],
    size: float,
    norm: str,
    eps: float,
    share: float = 0.6,
    count: int = 20,
    classes: int = 10,
    seed: int = 0,
) -> np.ndarray:
    """Which of certainly attackable recordings an attack breaks, shape (count,); all if it works.

    Fewer mean that the attack as configured cannot be relied on at this eps: because its steps do
    not travel ``share * size``, it returns nothing usable, or it does not respect the bounds.

    Parameters
    ----------
    definition
        The attack's ``class``, ``params``, ``restarts`` and ``targets``.
    shape, bounds, share, count, classes
        See :func:`plant`.
    size, norm
        ``share * size`` in this norm breaks each recording, dB.
    eps
        What the attack is allowed, dB; infinite for one that looks for the smallest perturbation.
    seed
        Of the recordings and of the attack's random start.
    """
    planted = plant(shape, bounds, size, norm, share, count, classes, seed)
    outcome = attack_batch(
        DefendedVictim(planted.network),
        build_attack(definition),
        planted.recordings,
        planted.labels,
        Threat.of(definition, eps, bounds),
        seed,
    )
    return outcome.success(planted.labels.numpy())


def _patterns(shape: tuple[int, int], classes: int) -> torch.Tensor:
    """Orthogonal patterns of +1 and -1, shape (classes, 1, n_mels, frames), in float64."""
    from scipy.linalg import hadamard

    known = hadamard(BLOCKS**2)[1:]
    if not 2 <= classes <= len(known) or min(shape) < BLOCKS:
        raise UserError(
            f"an attack is tested with 2 to {len(known)} classes on inputs of at least {BLOCKS} x "
            f"{BLOCKS}, not with {classes} on {shape[0]} x {shape[1]}."
        )
    height, width = (size // BLOCKS for size in shape)
    patterns = torch.zeros(classes, 1, *shape, dtype=torch.float64)
    for pattern, signs in zip(patterns, known, strict=False):
        blocks = np.kron(signs.reshape(BLOCKS, BLOCKS), np.ones((height, width)))
        pattern[0, : blocks.shape[0], : blocks.shape[1]] = torch.from_numpy(blocks)
    return patterns


def _noise(patterns: torch.Tensor, cells: float, count: int, seed: int) -> torch.Tensor:
    """Noise in which no pattern is found."""
    drawn = stream(seed, "planted").uniform(-1, 1, (count, *patterns.shape[1:]))
    noise = torch.from_numpy(drawn)
    found = torch.einsum("rchw,kchw->rk", noise, patterns) / cells
    return noise - torch.einsum("rk,kchw->rchw", found, patterns)


def _network(patterns: torch.Tensor, cells: float, centre: float, scale: float) -> nn.Module:
    weight = scale * patterns.flatten(1) / cells
    linear = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        linear.weight.copy_(weight)
        linear.bias.copy_(-centre * weight.sum(1))
    return nn.Sequential(nn.Flatten(), linear).eval().requires_grad_(False)
