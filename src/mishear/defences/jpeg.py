"""JPEG compression as a differentiable function, a surrogate for the codec's gradient."""

import io
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import torch
from torch.nn import functional

BLOCK = 8
"""Side of the blocks that JPEG transforms."""
DIFFERENTIABLE_JPEG = "a differentiable JPEG"
"""Name of :func:`differentiable_jpeg` as a surrogate."""


def soft_round(values: torch.Tensor) -> torch.Tensor:
    """Round with a gradient: to the nearest whole number plus the cube of the distance to it.

    Equation 4 of Shin and Song ("JPEG-resistant adversarial images", NIPS workshop 2017).
    """
    nearest = values.round().detach()
    return nearest + (values - nearest) ** 3


def differentiable_jpeg(
    grey: torch.Tensor,
    quality: int,
    rounding: Callable[[torch.Tensor], torch.Tensor] = soft_round,
) -> torch.Tensor:
    """Compress and decompress grey images as JPEG does, without its clipping to 0 and 255.

    Parameters
    ----------
    grey
        Shape (images, 1, height, width), values of 0 to 255. Sides that are no multiple of 8 are
        continued by their last value, as libjpeg does.
    quality
        As for Pillow, whose quantisation table for it is used.
    rounding
        How the quotients of coefficients and table are rounded.
    """
    height, width = grey.shape[-2:]
    rows, columns = -height % BLOCK, -width % BLOCK
    padded = functional.pad(grey - 128, [0, columns, 0, rows], mode="replicate")
    cosines = _cosines().to(padded)
    table = torch.tensor(quantisation_table(quality)).to(padded).view(BLOCK, BLOCK)
    blocks = padded.unfold(2, BLOCK, BLOCK).unfold(3, BLOCK, BLOCK)
    coefficients = cosines @ blocks @ cosines.T
    stored = rounding(coefficients / table) * table
    decoded = cosines.T @ stored @ cosines
    return decoded.transpose(3, 4).reshape(padded.shape)[..., :height, :width] + 128


@lru_cache
def quantisation_table(quality: int) -> tuple[int, ...]:
    """Return the luminance table of libjpeg for a quality, row by row, as Pillow reads it."""
    from PIL import Image

    with io.BytesIO() as file:
        Image.new("L", (BLOCK, BLOCK)).save(file, format="JPEG", quality=quality)
        return tuple(Image.open(file).quantization[0])


def _cosines() -> torch.Tensor:
    """Return the matrix of the orthonormal discrete cosine transform (type II) of 8 values."""
    from scipy.fft import dct

    return torch.from_numpy(dct(np.eye(BLOCK), axis=0, norm="ortho"))
