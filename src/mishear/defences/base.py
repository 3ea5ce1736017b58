"""The interface of defences, and how an adaptive attack differentiates through one.

A defence is a module from inputs of a network, mostly spectrograms, to such inputs. It states how
the gradient is computed by an attacker who knows it, so that an adaptive evaluation needs nothing
more than the defence itself:

- ``exact``: automatic differentiation goes through it;
- ``bpda``: it has no useful gradient, so the backward pass goes through a differentiable surrogate
  (backward pass differentiable approximation, Athalye et al. 2018). Where there are several, an
  attack is run once through each, and for every recording the best result counts;
- ``eot``: it is randomised, so the gradient is that of the mean over several draws (expectation
  over transformation, Athalye et al. 2018).
"""

import copy
from collections.abc import Callable, Mapping
from typing import ClassVar, Literal, Self

import torch
from torch import nn

Gradient = Literal["exact", "bpda", "eot"]
Surrogate = Callable[[torch.Tensor], torch.Tensor]
"""A differentiable approximation, from spectrograms to spectrograms."""

IDENTITY = "the identity"
"""Name of the identity as a surrogate."""


class Defence(nn.Module):
    """Transform spectrograms; derive from it for a defence of your own.

    Parameters
    ----------
    bounds
        Lowest and highest value of the corpus's inputs, in the unit of the front end; given by
        Mishear.

    Attributes
    ----------
    gradient : {"exact", "bpda", "eot"}
        How the gradient is computed.
    votes : int
        Draws of which a prediction is the majority; 1 for a deterministic defence.
    gradient_samples : int
        For ``eot``, draws over which an attack's gradient is the mean. One draw makes an attack
        look weaker than it is.
    route : int
        Number of the surrogate in use.
    """

    gradient: ClassVar[Gradient] = "exact"
    votes: int = 1
    gradient_samples: int = 4
    route: int = 0

    def __init__(self, bounds: tuple[float, float]):
        super().__init__()
        self.low, self.high = bounds

    def transform(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """Transform inputs of shape (recordings, 1, ...), in the front end's unit; keep both."""
        raise NotImplementedError

    def surrogates(self) -> Mapping[str, Surrogate]:
        """Return differentiable approximations of :meth:`transform`, by their names.

        Here the identity where automatic differentiation does not go through the transform, and
        none where it does.
        """
        return {} if self.is_differentiable else {IDENTITY: torch.nn.Identity()}

    def routed(self, route: int) -> Self:
        """Return the defence with another surrogate in use: its last where it has fewer."""
        other = copy.copy(self)
        other.route = max(0, min(route, len(self.surrogates()) - 1))
        return other

    @property
    def is_differentiable(self) -> bool:
        """Whether automatic differentiation goes through :meth:`transform`."""
        return self.gradient != "bpda"

    def forward(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """Apply :meth:`transform`, with the surrogate's gradient where it has no useful one."""
        if self.is_differentiable or not torch.is_grad_enabled():
            return self.transform(spectrograms)
        surrogate = [*self.surrogates().values()][self.route](spectrograms)
        # The difference is zero: the output is the transform's to the last bit.
        return self.transform(spectrograms.detach()) + (surrogate - surrogate.detach())
