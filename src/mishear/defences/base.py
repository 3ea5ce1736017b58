"""Defences: what is done to a spectrogram before the victim hears it, and how it is attacked.

A defence is a module from spectrograms to spectrograms. It states how an attacker who knows it
gets its gradient, so that an adaptive evaluation needs nothing more than the defence itself:

- ``exact``: automatic differentiation goes through it;
- ``bpda``: it has no useful gradient, so on the way back a differentiable substitute stands in
  (backward pass differentiable approximation, Athalye et al. 2018);
- ``eot``: it draws at random, so the gradient is that of the mean over several draws (expectation
  over transformation, Athalye et al. 2018).
"""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, get_args

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from mishear.core.errors import UserError
from mishear.core.plugins import add_packages, check_params, find_class
from mishear.training.networks import load_victim

Gradient = Literal["exact", "bpda", "eot"]


class Defence(nn.Module):
    """A transformation of spectrograms; derive from it for a defence of your own.

    Parameters
    ----------
    bounds
        Lowest and highest value of the corpus's spectrograms, dB; given by Mishear.

    Attributes
    ----------
    gradient : {"exact", "bpda", "eot"}
        How an adaptive attack gets the gradient.
    stand_in : str
        In words, what stands in for a gradient that cannot be had: for ``bpda`` what
        :meth:`substitute` is; empty where nothing does.
    votes : int
        Draws that a prediction is the majority of; 1 for a defence that draws nothing.
    gradient_samples : int
        For ``eot``, draws that an attack's gradient is the mean over.
    """

    gradient: ClassVar[Gradient] = "exact"
    stand_in: ClassVar[str] = ""
    votes: int = 1
    gradient_samples: int = 1

    def __init__(self, bounds: tuple[float, float]):
        super().__init__()
        self.low, self.high = bounds

    def transform(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """What the victim hears instead, shape (recordings, 1, n_mels, frames), dB."""
        raise NotImplementedError

    def substitute(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """For what is not differentiable: a function like :meth:`transform` that is."""
        return spectrograms

    @property
    def is_differentiable(self) -> bool:
        """Whether automatic differentiation goes through :meth:`transform`."""
        return self.gradient != "bpda"

    def forward(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """:meth:`transform`, with a gradient that can be used."""
        if self.is_differentiable or not torch.is_grad_enabled():
            return self.transform(spectrograms)
        stand_in = self.substitute(spectrograms)
        return stand_in + (self.transform(spectrograms.detach()) - stand_in).detach()


class MedianSmoothing(Defence):
    """Each point becomes the median of the square around it (Xu et al. 2018).

    The gradient is exact: that of the point which is the median.

    Parameters
    ----------
    size
        Side of the square in points, odd.
    """

    def __init__(self, bounds: tuple[float, float], size: int = 3):
        super().__init__(bounds)
        self.size = _odd(size)

    def transform(self, spectrograms: torch.Tensor) -> torch.Tensor:
        return _squares(spectrograms, self.size).median(dim=1).values.view_as(spectrograms)


class AverageSmoothing(Defence):
    """Each point becomes the mean of the square around it.

    Parameters
    ----------
    size
        Side of the square in points, odd.
    """

    def __init__(self, bounds: tuple[float, float], size: int = 3):
        super().__init__(bounds)
        self.size = _odd(size)

    def transform(self, spectrograms: torch.Tensor) -> torch.Tensor:
        return functional.avg_pool2d(_reflected(spectrograms, self.size), self.size, stride=1)


class FeatureSqueezing(Defence):
    """Decibels are rounded to few levels, evenly spaced between the bounds (Xu et al. 2018).

    What lies beyond the bounds, as poisoned recordings may, goes to the nearest level. Rounding has
    a gradient of zero; on the way back the identity stands in.

    Parameters
    ----------
    bits
        ``2 ** bits`` levels are left.
    """

    gradient = "bpda"
    stand_in = "the identity"

    def __init__(self, bounds: tuple[float, float], bits: int = 4):
        super().__init__(bounds)
        if not 1 <= bits <= 16:
            raise ValueError(f"bits is {bits}, must be 1 to 16")
        self.step = (self.high - self.low) / (2**bits - 1)

    def transform(self, spectrograms: torch.Tensor) -> torch.Tensor:
        within = spectrograms.clamp(self.low, self.high)
        return ((within - self.low) / self.step).round() * self.step + self.low


class JpegCompression(Defence):
    """The spectrogram is stored as a grey JPEG image and read again (Das et al. 2017), by Pillow.

    On the way back the identity stands in: JPEG rounds the coefficients of an orthogonal
    transform, and passing the rounding through leaves the identity.

    Parameters
    ----------
    quality
        1 (smallest) to 95.
    """

    gradient = "bpda"
    stand_in = "the identity"

    def __init__(self, bounds: tuple[float, float], quality: int = 50):
        super().__init__(bounds)
        if not 1 <= quality <= 95:
            raise ValueError(f"quality is {quality}, must be 1 to 95")
        self.quality = quality

    def transform(self, spectrograms: torch.Tensor) -> torch.Tensor:
        scale = (self.high - self.low) / 255
        grey = ((spectrograms - self.low) / scale).round().clamp(0, 255).byte().cpu().numpy()
        stored = np.stack([self._stored(image) for image in grey[:, 0]])[:, None]
        return torch.from_numpy(stored).to(spectrograms) * scale + self.low

    def _stored(self, image: np.ndarray) -> np.ndarray:
        from PIL import Image

        with io.BytesIO() as file:
            Image.fromarray(image).save(file, format="JPEG", quality=self.quality)
            return np.asarray(Image.open(file))


class TotalVariation(Defence):
    """Small differences between neighbouring points are removed (Guo et al. 2018).

    Minimises half the squared distance to the spectrogram plus ``weight`` times its total
    variation by Chambolle's dual iteration (2004). All iterations are differentiated, so the
    gradient is exact.

    Parameters
    ----------
    weight
        dB; larger is smoother.
    iterations
        Steps of Chambolle's iteration.
    """

    STEP = 0.25
    """Largest step for which the iteration is known to converge in practice."""

    def __init__(self, bounds: tuple[float, float], weight: float = 3.0, iterations: int = 20):
        super().__init__(bounds)
        if weight <= 0 or iterations < 1:
            raise ValueError("weight must be above 0 and iterations at least 1")
        self.weight, self.iterations = weight, iterations

    def transform(self, spectrograms: torch.Tensor) -> torch.Tensor:
        dual = spectrograms.new_zeros(2, *spectrograms.shape)
        for _ in range(self.iterations):
            slope = _slope(_divergence(dual) - spectrograms / self.weight)
            # The square root has no gradient at 0.
            length = (slope.square().sum(0) + 1e-12).sqrt()
            dual = (dual + self.STEP * slope) / (1 + self.STEP * length)
        return spectrograms - self.weight * _divergence(dual)


class RandomisedSmoothing(Defence):
    """The class most often heard when Gaussian noise is added (Cohen et al. 2019).

    What it withstands can be certified, see :mod:`mishear.evaluation.certificates`. It needs a
    victim that was trained on such noise.

    Parameters
    ----------
    sigma
        Standard deviation of the noise, dB.
    votes
        Draws that a prediction is the majority of.
    gradient_samples
        Draws that an adaptive attack's gradient is the mean over (Salman et al. 2019).
    """

    gradient = "eot"

    def __init__(
        self,
        bounds: tuple[float, float],
        sigma: float = 3.0,
        votes: int = 64,
        gradient_samples: int = 8,
    ):
        super().__init__(bounds)
        if sigma <= 0 or votes < 1 or gradient_samples < 1:
            raise ValueError("sigma must be above 0, votes and gradient_samples at least 1")
        self.sigma, self.votes, self.gradient_samples = sigma, votes, gradient_samples

    def transform(self, spectrograms: torch.Tensor) -> torch.Tensor:
        return spectrograms + self.sigma * torch.randn_like(spectrograms)


class DefendedVictim(nn.Module):
    """A victim behind defences, as an adaptive attack sees it.

    Parameters
    ----------
    victim
        In evaluation mode.
    defences
        Applied in this order; may be empty.
    """

    def __init__(self, victim: nn.Module, defences: Sequence[Defence] = ()):
        super().__init__()
        self.defences = nn.ModuleList(defences)
        self.behind = nn.Sequential(*defences, victim)
        self.votes = max((defence.votes for defence in defences), default=1)
        random = [defence for defence in defences if defence.gradient == "eot"]
        self.is_random = bool(random)
        self.gradient_samples = max((defence.gradient_samples for defence in random), default=1)

    def part(self, rows: torch.Tensor) -> "DefendedVictim":
        """The victim of some recordings of a batch: the same for all."""
        return self

    def forward(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """Logits of shape (recordings, classes); over several draws, the log of the mean share."""
        if not self.is_random:
            return self.behind(spectrograms)
        draws = [self.behind(spectrograms).log_softmax(1) for _ in range(self.gradient_samples)]
        return torch.stack(draws).logsumexp(0)

    @torch.inference_mode()
    def predict(self, spectrograms: torch.Tensor, seed: int) -> torch.Tensor:
        """Numbers of the predicted classes, shape (recordings,).

        Parameters
        ----------
        spectrograms
            Shape (recordings, 1, n_mels, frames), dB.
        seed
            Of what the defences draw; torch's own random state is left as it was.
        """
        if not self.is_random:
            return self.behind(spectrograms).argmax(1)
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            return votes(self.behind, spectrograms, self.votes).argmax(1)


def load_defended(
    network: Mapping[str, Any],
    weights: Path,
    defences: Sequence[Mapping[str, Any]],
    classes: int,
    bounds: tuple[float, float],
    device: torch.device,
    packages: str | Path | None = None,
) -> DefendedVictim:
    """A trained network behind its defences, in evaluation mode with frozen parameters.

    Parameters
    ----------
    network
        Mapping with ``class`` and ``params``.
    weights
        The network's state dict.
    defences
        As for :func:`build_defences`.
    classes
        How many classes.
    bounds
        Lowest and highest value of the corpus's spectrograms, dB.
    device
        Where it will run.
    packages
        Folder of other libraries' packages, for defences that need them.
    """
    if packages is not None:
        add_packages(Path(packages))
    victim = load_victim(network, classes, weights, device)
    return DefendedVictim(victim, build_defences(defences, bounds)).eval()


def votes(model: nn.Module, spectrograms: torch.Tensor, draws: int) -> torch.Tensor:
    """How often each class is heard in several draws, shape (recordings, classes)."""
    counts = None
    for _ in range(draws):
        logits = model(spectrograms)
        if counts is None:
            counts = torch.zeros_like(logits, dtype=torch.int64)
        counts[torch.arange(len(logits)), logits.argmax(1)] += 1
    return counts


def build_defences(
    definitions: Sequence[Mapping[str, Any]], bounds: tuple[float, float], where: str = "defences"
) -> list[Defence]:
    """The defences of a chain, in the order in which they are applied.

    Parameters
    ----------
    definitions
        For each ``class`` (of this module, or a dotted path) and ``params``.
    bounds
        Lowest and highest value of the corpus's spectrograms, dB.
    where
        Key in the config, for the message.

    Raises
    ------
    UserError
        If a class is no defence, states no known gradient, or refuses its parameters.
    """
    return [_built(definition, bounds, where) for definition in definitions]


def check_defence(definitions: Sequence[Mapping[str, Any]], certificate: Any, where: str) -> None:
    """Check the classes and parameters of a chain before anything runs.

    Parameters
    ----------
    definitions
        As for :func:`build_defences`.
    certificate
        The config's ``certificate``, or None.
    where
        Key in the config, for the message.

    Raises
    ------
    UserError
        If a defence cannot be built, or a certificate is asked for of a chain that does not
        begin with :class:`RandomisedSmoothing` or draws at random behind it.
    """
    first, *others = build_defences(definitions, (0.0, 1.0), where)
    if certificate is None:
        return
    if not isinstance(first, RandomisedSmoothing) or any(d.gradient == "eot" for d in others):
        raise UserError(
            f"{where}.certificate: only for RandomisedSmoothing, alone or first in a chain of "
            f"defences that draw nothing."
        )


def _built(definition: Mapping[str, Any], bounds: tuple[float, float], where: str) -> Defence:
    found = find_class(definition["class"], "mishear.defences.base", where)
    if not issubclass(found, Defence) or found is Defence:
        raise UserError(
            f"{where}.class: {definition['class']} is no defence; it must derive from "
            f"mishear.defences.base.Defence."
        )
    if found.gradient not in get_args(Gradient):
        raise UserError(
            f"{where}.class: {definition['class']} states the gradient {found.gradient!r}. "
            f"Allowed: {', '.join(get_args(Gradient))}."
        )
    params = check_params(found, definition["params"], where, given=("bounds",))
    try:
        return found(bounds=bounds, **params)
    except (TypeError, ValueError) as error:
        raise UserError(f"{where}: {definition['class']} refuses its params: {error}") from error


def statement(definitions: Sequence[Mapping[str, Any]]) -> str:
    """How an adaptive attack gets the gradient of a chain, for a reader of the results.

    ``exact``, or for each defence that has none of its own what the attack does instead.

    Parameters
    ----------
    definitions
        As for :func:`build_defences`.
    """
    chain = build_defences(definitions, (0.0, 1.0))
    ways = {type(defence).__name__: _way(defence) for defence in chain if _way(defence) != "exact"}
    if len(ways) > 1:
        return "; ".join(f"{name}: {way}" for name, way in ways.items())
    return next(iter(ways.values()), "exact")


def _way(defence: Defence) -> str:
    """How the gradient of one defence is had."""
    way: str = defence.gradient
    if way == "eot":
        draws = defence.gradient_samples
        way += f", mean of {draws} draws" if draws > 1 else ", one draw"
    return f"{way}, {defence.stand_in} stands in" if defence.stand_in and way != "exact" else way


def _odd(size: int) -> int:
    if size < 3 or size % 2 == 0:
        raise ValueError(f"size is {size}, must be odd and at least 3")
    return size


def _reflected(spectrograms: torch.Tensor, size: int) -> torch.Tensor:
    height, width = spectrograms.shape[-2:]
    if size // 2 >= min(height, width):
        raise UserError(
            f"a defence's size is {size}, too large for spectrograms of {height} x {width} points. "
            f"Choose at most {2 * min(height, width) - 1}."
        )
    return functional.pad(spectrograms, [size // 2] * 4, mode="reflect")


def _squares(spectrograms: torch.Tensor, size: int) -> torch.Tensor:
    """The square around each point, shape (recordings, size * size, points)."""
    return functional.unfold(_reflected(spectrograms, size), size)


def _slope(values: torch.Tensor) -> torch.Tensor:
    """Forward differences along both axes, 0 at the last point; shape (2, *values.shape)."""
    down = functional.pad(values.diff(dim=-2), [0, 0, 0, 1])
    right = functional.pad(values.diff(dim=-1), [0, 1])
    return torch.stack([down, right])


def _divergence(field: torch.Tensor) -> torch.Tensor:
    """The negative adjoint of :func:`_slope`."""
    down, right = field[0][..., :-1, :], field[1][..., :-1]
    vertical = functional.pad(down, [0, 0, 0, 1]) - functional.pad(down, [0, 0, 1, 0])
    horizontal = functional.pad(right, [0, 1]) - functional.pad(right, [1, 0])
    return vertical + horizontal
