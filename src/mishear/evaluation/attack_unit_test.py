"""A unit test of attacks: a network that is certainly attackable (Zimmermann et al. 2022).

An attack that fails says little about a victim unless the attack is known to work: on such inputs,
within such bounds, at this eps. Zimmermann et al. ("Increasing confidence in adversarial robustness
evaluations", NeurIPS 2022) therefore plant adversarial examples and expect an attack to find them.
Here they are planted in a linear network, where they are known in closed form.

The network has a pattern of +1 and -1 over the input for each class, each orthogonal to all
others; the logit of a class is the mean of the input times its pattern. A recording is noise
without any of these patterns, plus a little of the pattern of its own class. Turning the cells in
which two patterns differ from one to the other moves the recording from one class to the other,
and no smaller change does: the network is linear.
"""

import operator
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
"""Patterns are made of 4 x 4 blocks, or of 16 in a row: a search without gradients finds them."""
LOGIT = 5.0
"""Margin of a recording's own logit over the others: as large as that of trained networks."""


@dataclass(frozen=True)
class UnitTest:
    """The settings of a unit test.

    Attributes
    ----------
    shape : tuple of int
        Of an input without its channel: such as bands and frames, each at least 4, or at least 16
        samples.
    bounds : tuple of float
        Lowest and highest value of an input. All planted examples lie within.
    eps : float
        Largest perturbation the attack will be allowed.
    norm : str
        Norm in which eps is measured: ``linf``, ``l2`` or ``l1``.
    share : float
        The smallest change to any wrong class is ``share * eps``.
    count : int
        Recordings; their classes take turns.
    classes : int
        At most 15.
    seed : int
        Seed of the noise in the recordings.
    """

    shape: tuple[int, ...]
    bounds: tuple[float, float]
    eps: float
    norm: str
    share: float = 0.6
    count: int = 60
    classes: int = 10
    seed: int = 0


@dataclass(frozen=True)
class Planted:
    """An attackable network with recordings that it classifies correctly.

    Attributes
    ----------
    test : UnitTest
    network : torch.nn.Module
        Logits of shape (recordings, classes) from inputs.
    recordings : torch.Tensor of shape (recordings, 1, ...)
    labels : torch.Tensor of shape (recordings,)
        Numbers of their classes.
    patterns : torch.Tensor of shape (classes, 1, ...)
        Of +1 and -1; 0 at points left over by the division into blocks.
    """

    test: UnitTest
    network: nn.Module
    recordings: torch.Tensor
    labels: torch.Tensor
    patterns: torch.Tensor

    def adversarial(self, targets: torch.Tensor, share: float) -> torch.Tensor:
        """Change the recordings by ``share * eps`` in the best direction towards other classes.

        With more than the planted share each is classified as its target, with less as before.
        """
        towards = self.patterns[targets] - self.patterns[self.labels]
        unit = norm_values(towards[:1], self.test.norm)
        return self.recordings + towards * (share * self.test.eps / unit)


def plant(test: UnitTest) -> Planted:
    """Make an attackable network and its recordings.

    Raises
    ------
    UserError
        If the bounds leave no room for a change of eps, or there are too many classes.
    """
    patterns = _patterns(test.shape, test.classes)
    cells = float(patterns[0].abs().sum())
    towards = (patterns[1] - patterns[0])[None]
    # What a change of `share * eps` along `towards` gains for the other class: half of the cells
    # differ, so the mean of `towards` times itself is 2.
    margin = 2 * test.share * test.eps / float(norm_values(towards, test.norm))
    lowest, highest = test.bounds
    room = (highest - lowest) / 2 - margin - test.eps
    if room <= 0:
        raise UserError(
            f"an attack cannot be tested with an eps of {test.eps:g} within {lowest:g} to "
            f"{highest:g}: eps may be about a third of that range."
        )
    labels = torch.arange(test.count) % test.classes
    noise = _noise(patterns, cells, test.count, test.seed)
    noise *= room / noise.abs().amax()
    centre = (lowest + highest) / 2
    recordings = centre + noise + margin * patterns[labels]
    network = _network(patterns, cells, centre, LOGIT / margin)
    return Planted(test, network, recordings.float(), labels, patterns.float())


def broken(definition: Mapping[str, Any], test: UnitTest, eps: float) -> np.ndarray:
    """Attack certainly attackable recordings, and return which an attack breaks, shape (count,).

    An attack that works breaks them all. One that does not cannot be relied on at this eps as it
    is configured: its steps do not travel far enough, it returns nothing usable, or it does not
    respect the bounds.

    Parameters
    ----------
    definition
        The attack's ``class``, ``params``, ``restarts`` and ``targets``.
    test
        The settings; their seed is also that of the attack's random start.
    eps
        Largest perturbation allowed; infinite for an attack that looks for the smallest.
    """
    planted = plant(test)
    outcome = attack_batch(
        DefendedVictim(planted.network),
        build_attack(definition),
        planted.recordings,
        planted.labels,
        Threat.of(definition, eps, test.bounds),
        test.seed,
    )
    return outcome.success(planted.labels.numpy())


def _patterns(shape: tuple[int, ...], classes: int) -> torch.Tensor:
    """Make orthogonal patterns of +1 and -1, shape (classes, 1, *shape), in float64."""
    from scipy.linalg import hadamard

    known = hadamard(BLOCKS**2)[1:]
    grid = _grid(shape)
    if not 2 <= classes <= len(known) or any(map(operator.lt, shape, grid)):
        least, size = (" x ".join(map(str, each)) for each in (grid, shape))
        raise UserError(
            f"an attack is tested with 2 to {len(known)} classes on inputs of at least {least}, "
            f"not with {classes} on {size}."
        )
    block = np.ones([side // parts for side, parts in zip(shape, grid, strict=True)])
    patterns = torch.zeros(classes, 1, *shape, dtype=torch.float64)
    for pattern, signs in zip(patterns, known, strict=False):
        blocks = np.kron(signs.reshape(grid), block)
        pattern[0][tuple(map(slice, blocks.shape))] = torch.from_numpy(blocks)
    return patterns


def _grid(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the number of blocks along each side: 4 x 4, or 16 in a row."""
    if len(shape) == 1:
        return (BLOCKS**2,)
    return (*[1] * (len(shape) - 2), BLOCKS, BLOCKS)


def _noise(patterns: torch.Tensor, cells: float, count: int, seed: int) -> torch.Tensor:
    """Draw noise that is orthogonal to every pattern."""
    drawn = stream(seed, "planted").uniform(-1, 1, (count, *patterns.shape[1:]))
    noise = torch.from_numpy(drawn)
    found = noise.flatten(1) @ patterns.flatten(1).T / cells
    return noise - (found @ patterns.flatten(1)).view_as(noise)


def _network(patterns: torch.Tensor, cells: float, centre: float, scale: float) -> nn.Module:
    weight = scale * patterns.flatten(1) / cells
    linear = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        linear.weight.copy_(weight)
        linear.bias.copy_(-centre * weight.sum(1))
    return nn.Sequential(nn.Flatten(), linear).eval().requires_grad_(False)
