"""Deterministic filters: smoothing, fewer levels, compression, total variation."""

import io
from collections.abc import Mapping

import numpy as np
import torch
from torch.nn import functional

from mishear.core.errors import UserError
from mishear.defences.base import Defence, Surrogate
from mishear.defences.jpeg import DIFFERENTIABLE_JPEG, differentiable_jpeg

WAVEFORM = 3
"""Dimensions of a batch of waveforms, (recordings, 1, samples); one of spectrograms has four."""


class MedianSmoothing(Defence):
    """Replace each point by the median of the square around it (Xu et al. 2018).

    On waveforms, by that of the stretch around it. The gradient is exact: that of the point which
    is the median.

    Parameters
    ----------
    size
        Side of the square in points, odd.
    """

    def __init__(self, bounds: tuple[float, float], size: int = 3):
        super().__init__(bounds)
        self.size = _odd(size)

    def transform(self, spectrograms: torch.Tensor) -> torch.Tensor:
        if spectrograms.ndim == WAVEFORM:
            stretches = _reflected(spectrograms, self.size).unfold(-1, self.size, 1)
            return stretches.median(dim=-1).values
        return _squares(spectrograms, self.size).median(dim=1).values.view_as(spectrograms)


class AverageSmoothing(Defence):
    """Replace each point by the mean of the square around it, on waveforms of the stretch.

    Parameters
    ----------
    size
        Side of the square in points, odd.
    """

    def __init__(self, bounds: tuple[float, float], size: int = 3):
        super().__init__(bounds)
        self.size = _odd(size)

    def transform(self, spectrograms: torch.Tensor) -> torch.Tensor:
        mean = functional.avg_pool1d if spectrograms.ndim == WAVEFORM else functional.avg_pool2d
        return mean(_reflected(spectrograms, self.size), self.size, stride=1)


class FeatureSqueezing(Defence):
    """Round values to few levels, evenly spaced between the bounds (Xu et al. 2018).

    Values beyond the bounds, as poisoned recordings may have, go to the nearest level. The
    gradient of rounding is zero; the backward pass uses the identity.

    Parameters
    ----------
    bits
        Number of bits; there are ``2 ** bits`` levels.
    """

    gradient = "bpda"

    def __init__(self, bounds: tuple[float, float], bits: int = 4):
        super().__init__(bounds)
        if not 1 <= bits <= 16:
            raise ValueError(f"bits is {bits}, must be 1 to 16")
        self.last = 2**bits - 1
        self.step = (self.high - self.low) / self.last

    def transform(self, spectrograms: torch.Tensor) -> torch.Tensor:
        within = spectrograms.clamp(self.low, self.high)
        level = ((within - self.low) / self.step).round()
        # Rounding would put the last level beside the upper bound.
        return torch.where(level == self.last, self.high, level * self.step + self.low)


class JpegCompression(Defence):
    """Compress the spectrogram as a grey JPEG image with Pillow (Das et al. 2017); no waveform.

    The backward pass uses the identity, because JPEG without its rounding is the identity, or a
    JPEG with a differentiable rounding.

    Parameters
    ----------
    quality
        1 (smallest) to 95.
    """

    gradient = "bpda"

    def __init__(self, bounds: tuple[float, float], quality: int = 50):
        super().__init__(bounds)
        if not 1 <= quality <= 95:
            raise ValueError(f"quality is {quality}, must be 1 to 95")
        self.quality = quality

    def transform(self, spectrograms: torch.Tensor) -> torch.Tensor:
        if spectrograms.ndim == WAVEFORM:
            raise UserError("JPEG compresses images, such as spectrograms, not waveforms.")
        scale = (self.high - self.low) / 255
        grey = ((spectrograms - self.low) / scale).round().clamp(0, 255).byte().cpu().numpy()
        stored = np.stack([self._stored(image) for image in grey[:, 0]])[:, None]
        return torch.from_numpy(stored).to(spectrograms) * scale + self.low

    def surrogates(self) -> Mapping[str, Surrogate]:
        return {**super().surrogates(), DIFFERENTIABLE_JPEG: self._differentiable}

    def _differentiable(self, spectrograms: torch.Tensor) -> torch.Tensor:
        scale = (self.high - self.low) / 255
        grey = (spectrograms - self.low) / scale
        return differentiable_jpeg(grey, self.quality) * scale + self.low

    def _stored(self, image: np.ndarray) -> np.ndarray:
        from PIL import Image

        with io.BytesIO() as file:
            Image.fromarray(image).save(file, format="JPEG", quality=self.quality)
            return np.asarray(Image.open(file))


class TotalVariation(Defence):
    """Remove small differences between neighbouring points (Guo et al. 2018).

    Minimises half the squared distance to the spectrogram plus ``weight`` times its total
    variation by Chambolle's dual iteration (2004). All iterations are differentiated, so the
    gradient is exact.

    Parameters
    ----------
    weight
        In the unit of the input; larger is smoother.
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


def _odd(size: int) -> int:
    if size < 3 or size % 2 == 0:
        raise ValueError(f"size is {size}, must be odd and at least 3")
    return size


def _reflected(spectrograms: torch.Tensor, size: int) -> torch.Tensor:
    sides = spectrograms.shape[2:]
    if size // 2 >= min(sides):
        raise UserError(
            f"a defence's size is {size}, too large for inputs of {' x '.join(map(str, sides))} "
            f"points. Choose at most {2 * min(sides) - 1}."
        )
    return functional.pad(spectrograms, [size // 2] * 2 * len(sides), mode="reflect")


def _squares(spectrograms: torch.Tensor, size: int) -> torch.Tensor:
    """Collect the square around each point, shape (recordings, size * size, points)."""
    return functional.unfold(_reflected(spectrograms, size), size)


def _slope(values: torch.Tensor) -> torch.Tensor:
    """Compute forward differences along both axes, 0 at the last point; (2, *values.shape)."""
    down = functional.pad(values.diff(dim=-2), [0, 0, 0, 1])
    right = functional.pad(values.diff(dim=-1), [0, 1])
    return torch.stack([down, right])


def _divergence(field: torch.Tensor) -> torch.Tensor:
    """Compute the negative adjoint of :func:`_slope`."""
    down, right = field[0][..., :-1, :], field[1][..., :-1]
    vertical = functional.pad(down, [0, 0, 0, 1]) - functional.pad(down, [0, 0, 1, 0])
    horizontal = functional.pad(right, [0, 1]) - functional.pad(right, [1, 0])
    return vertical + horizontal
