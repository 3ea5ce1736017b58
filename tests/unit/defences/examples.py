"""Defences and spectrograms for the tests of defences."""

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mishear.attacks.judging import ROUNDING
from mishear.defences.base import Defence
from mishear.defences.filters import (
    AverageSmoothing,
    FeatureSqueezing,
    JpegCompression,
    MedianSmoothing,
    TotalVariation,
)
from mishear.defences.smoothing import RandomisedSmoothing

LOW, HIGH = BOUNDS = (-70.0, 30.0)
SLACK = 4 * ROUNDING * (HIGH - LOW)
SHAPE = (2, 1, 8, 8)
DECIBELS = st.floats(LOW, HIGH, width=32)
BATCHES = arrays(np.float32, SHAPE, elements=DECIBELS).map(torch.from_numpy)
SIZES = st.sampled_from([3, 5, 7])

DEFENCES = {
    MedianSmoothing: st.builds(MedianSmoothing, st.just(BOUNDS), SIZES),
    AverageSmoothing: st.builds(AverageSmoothing, st.just(BOUNDS), SIZES),
    FeatureSqueezing: st.builds(FeatureSqueezing, st.just(BOUNDS), st.integers(1, 8)),
    JpegCompression: st.builds(JpegCompression, st.just(BOUNDS), st.integers(1, 95)),
    TotalVariation: st.builds(
        TotalVariation, st.just(BOUNDS), st.floats(0.1, 20), st.integers(1, 20)
    ),
    RandomisedSmoothing: st.builds(RandomisedSmoothing, st.just(BOUNDS), st.floats(0.1, 20)),
}
ANY = st.one_of(*DEFENCES.values())
DETERMINISTIC = st.one_of(*(DEFENCES[each] for each in DEFENCES if each is not RandomisedSmoothing))
SMOOTHERS = st.one_of(DEFENCES[MedianSmoothing], DEFENCES[AverageSmoothing])


class Folded(Defence):
    """A defence without a gradient whose surrogate is not the identity."""

    gradient = "bpda"

    def transform(self, spectrograms):
        return 10 * torch.sin(spectrograms / 10).sign()

    def surrogates(self):
        return {"a sine": lambda spectrograms: 10 * torch.sin(spectrograms / 10)}


def defined(name, **params):
    return {"class": name, "params": params}
