"""Adapt defences of other libraries: ART's preprocessors, advertorch's filters.

Each adapter does no more than its library needs in order to take spectrograms in decibels, as
:data:`ART` and :data:`ADVERTORCH` declare. The libraries are imported when a defence is first used,
so that a config which names one can be checked where they are not installed.
"""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import torch
from torch import nn

from mishear.core.errors import UserError
from mishear.defences.base import Defence, Gradient, Surrogate
from mishear.defences.jpeg import DIFFERENTIABLE_JPEG, differentiable_jpeg
from mishear.libraries.packages import import_library

ArtName = Literal[
    "FeatureSqueezing",
    "GaussianAugmentation",
    "JpegCompression",
    "SpatialSmoothing",
    "SpatialSmoothingPyTorch",
    "TotalVarMin",
]
AdvertorchName = Literal[
    "AverageSmoothing2D",
    "BinaryFilter",
    "BitSqueezing",
    "GaussianSmoothing2D",
    "JPEGFilter",
    "MedianSmoothing2D",
]


@dataclass(frozen=True)
class Adaptation:
    """The adaptation by which a component of another library takes spectrograms.

    Attributes
    ----------
    gradient
        ``exact`` where automatic differentiation goes through it, ``bpda`` where it does not, and
        ``eot`` where it is also randomised.
    arguments
        Its own arguments that describe the data, or apply it to what is classified.
    takes_bounds
        Whether its ``clip_values`` are set to the lowest and highest dB.
    unit_range
        Whether it takes only inputs in [0, 1], to which the bounds are scaled.
    channels_last
        Whether it takes only inputs with the channel as the last axis.
    """

    gradient: Gradient
    arguments: Mapping[str, Any] = field(default_factory=dict)
    takes_bounds: bool = False
    unit_range: bool = False
    channels_last: bool = False

    def describing(self, bounds: tuple[float, float]) -> dict[str, Any]:
        """Return the component's own arguments that describe spectrograms within bounds (dB)."""
        return {**self.arguments, **({"clip_values": bounds} if self.takes_bounds else {})}


ART: dict[ArtName, Adaptation] = {
    "FeatureSqueezing": Adaptation("bpda", takes_bounds=True),
    "GaussianAugmentation": Adaptation(
        "eot", {"augmentation": False, "apply_fit": False, "apply_predict": True}
    ),
    "JpegCompression": Adaptation(
        "bpda", {"clip_values": (0, 1.0), "channels_first": True}, unit_range=True
    ),
    "SpatialSmoothing": Adaptation("bpda", {"channels_first": True}),
    "SpatialSmoothingPyTorch": Adaptation("exact", {"channels_first": True}),
    "TotalVarMin": Adaptation("eot", channels_last=True),
}
"""Preprocessors of ART 1.20 that take a spectrogram and keep its shape."""

ADVERTORCH: dict[AdvertorchName, Adaptation] = {
    "AverageSmoothing2D": Adaptation("exact", {"channels": 1}, unit_range=True),
    "BinaryFilter": Adaptation("bpda", unit_range=True),
    "BitSqueezing": Adaptation("bpda", unit_range=True),
    "GaussianSmoothing2D": Adaptation("exact", {"channels": 1}, unit_range=True),
    "JPEGFilter": Adaptation("bpda", unit_range=True),
    "MedianSmoothing2D": Adaptation("exact", unit_range=True),
}
"""The filters of advertorch 0.2.3."""

JPEG: dict[str, int] = {"JpegCompression": 50, "JPEGFilter": 75}
"""Quality by default of the components that compress as JPEG."""


class LibraryDefence(Defence):
    """Use a component of another library as a defence.

    Parameters
    ----------
    bounds
        Lowest and highest value of the corpus's spectrograms, dB; given by Mishear.
    home
        Module that has the component.
    name
        The component's class.
    adaptation
        How it takes spectrograms.
    params
        Keyword arguments of the component.
    """

    def __init__(
        self,
        bounds: tuple[float, float],
        home: str,
        name: str,
        adaptation: Adaptation,
        params: Mapping[str, Any],
    ):
        super().__init__(bounds)
        self.home, self.name, self.params = home, name, params
        self.adaptation = adaptation
        self.gradient = adaptation.gradient

    @property
    def is_differentiable(self) -> bool:
        """Whether the gradient is exact: a randomised component has no gradient either.

        The surrogate is the identity, as in ART (``Preprocessor.estimate_gradient``) and
        advertorch (``BPDAWrapper``); for JPEG also a differentiable one.
        """
        return self.gradient == "exact"

    def surrogates(self) -> Mapping[str, Surrogate]:
        if self.name not in JPEG:
            return super().surrogates()
        return {**super().surrogates(), DIFFERENTIABLE_JPEG: self._differentiable_jpeg}

    def _differentiable_jpeg(self, spectrograms: torch.Tensor) -> torch.Tensor:
        scale = (self.high - self.low) / 255
        quality = self.params.get("quality", JPEG[self.name])
        grey = (spectrograms - self.low) / scale
        return differentiable_jpeg(grey, quality) * scale + self.low

    def transform(self, spectrograms: torch.Tensor) -> torch.Tensor:
        if not self.adaptation.unit_range:
            return self.filtered(spectrograms)
        span = self.high - self.low
        # Outside [0, 1], if only by a rounding, JPEG would wrap around or refuse.
        unit = ((spectrograms - self.low) / span).clamp(0, 1)
        return self.filtered(unit) * span + self.low

    def filtered(self, inputs: torch.Tensor) -> torch.Tensor:
        """Apply the component to inputs in the range it takes."""
        raise NotImplementedError

    @cached_property
    def component(self) -> Any:
        """The component; its library is imported here.

        Raises
        ------
        UserError
            If the library is not installed, or the component refuses its parameters.
        """
        found = getattr(import_library(self.home), self.name)
        given = self.adaptation.describing((self.low, self.high))
        try:
            # Its tensors may be part of a gradient later, wherever it is first used.
            with torch.inference_mode(False):
                return found(**given, **self.params)
        except (TypeError, ValueError, NotImplementedError) as error:
            raise UserError(
                f"{type(self).__name__}: {self.name} refuses its params: {error}. It takes "
                f"{', '.join(self._parameters(found, given))}."
            ) from error

    @staticmethod
    def _parameters(found: type, given: Mapping[str, Any]) -> list[str]:
        return [name for name in inspect.signature(found).parameters if name not in given]


class ArtPreprocessor(LibraryDefence):
    """Use a preprocessing defence of IBM's Adversarial Robustness Toolbox.

    Parameters
    ----------
    preprocessor
        Class of ``art.defences.preprocessor``.
    votes, gradient_samples
        For a randomised one, see :class:`mishear.defences.base.Defence`; ART itself uses one draw
        of each.
    params
        Keyword arguments of the class.
    """

    def __init__(
        self,
        bounds: tuple[float, float],
        preprocessor: ArtName,
        votes: int = 1,
        gradient_samples: int = 4,
        **params,
    ):
        home = "art.defences.preprocessor"
        super().__init__(bounds, home, preprocessor, ART[preprocessor], params)
        self.votes, self.gradient_samples = votes, gradient_samples

    def filtered(self, inputs: torch.Tensor) -> torch.Tensor:
        if self.gradient == "exact":
            return self.component.forward(inputs)[0]
        order = (0, 2, 3, 1) if self.adaptation.channels_last else (0, 1, 2, 3)
        back = (0, 3, 1, 2) if self.adaptation.channels_last else (0, 1, 2, 3)
        with _numpy_drawing_from_torch():
            changed, _ = self.component(inputs.permute(order).cpu().numpy())
        # Some return float64, see the probe.
        return torch.from_numpy(changed).permute(back).to(inputs).contiguous()


class AdvertorchFilter(LibraryDefence):
    """Use a filter of advertorch, on inputs scaled to [0, 1] by the bounds.

    Parameters
    ----------
    filter
        Class of ``advertorch.defenses``.
    params
        Keyword arguments of the class.
    """

    def __init__(self, bounds: tuple[float, float], filter: AdvertorchName, **params):
        super().__init__(bounds, "advertorch.defenses", filter, ADVERTORCH[filter], params)

    def filtered(self, inputs: torch.Tensor) -> torch.Tensor:
        component: nn.Module = self.component.to(inputs.device)
        return component(inputs)


def art_classifier(
    model: nn.Module,
    input_shape: Sequence[int],
    classes: int,
    bounds: tuple[float, float] | None = None,
    **params,
) -> Any:
    """Wrap a network as ART's ``PyTorchClassifier``.

    Parameters
    ----------
    model
        On its final device.
    input_shape
        Shape of one input.
    classes
        Number of classes.
    bounds
        Lowest and highest value of an input, dB; None if ART does not need them.
    params
        Further arguments of ``PyTorchClassifier``, such as ``optimizer``.
    """
    on_gpu = any(parameter.is_cuda for parameter in model.parameters())
    return import_library("art.estimators.classification").PyTorchClassifier(
        model=model,
        loss=nn.CrossEntropyLoss(),
        input_shape=tuple(input_shape),
        nb_classes=classes,
        clip_values=bounds,
        device_type="gpu" if on_gpu else "cpu",
        **params,
    )


@contextmanager
def _numpy_drawing_from_torch() -> Iterator[None]:
    """Seed NumPy's global random numbers from torch's, which Mishear seeds."""
    state = np.random.get_state()
    np.random.seed(int(torch.randint(2**32, ())))
    try:
        yield
    finally:
        np.random.set_state(state)
