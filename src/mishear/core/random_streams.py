"""Random streams that depend on what they are for, never on order or number of jobs."""

import zlib

import numpy as np


def stream(seed: int, purpose: str, item: str = "") -> np.random.Generator:
    """Return an independent random stream for one item.

    Parameters
    ----------
    seed
        Seed from the config.
    purpose
        What is drawn; streams of different purposes are independent.
    item
        Name of the recording or batch the draw is for.
    """
    return np.random.default_rng([seed, zlib.crc32(purpose.encode()), zlib.crc32(item.encode())])


def derived_seed(seed: int, purpose: str, item: str = "") -> int:
    """Return the seed of an independent stream, for torch and other libraries that take a number.

    Parameters are those of :func:`stream`.
    """
    return int(stream(seed, purpose, item).integers(2**32))
