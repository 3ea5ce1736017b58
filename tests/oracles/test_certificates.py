"""Certified radii are those that ART's randomised smoothing certifies with noise of its own."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from mishear.core.statistics import lower_bound
from mishear.defences.defended import DefendedVictim
from mishear.defences.smoothing import RandomisedSmoothing
from mishear.evaluation.certificates import Draws, certify
from mishear.evaluation.recordings import Recordings
from mishear.runtime.batching import Batches

from .conftest import CPU, Job

SIGMA = 3.0
DRAWS = Draws(selection=100, samples=1000, confidence=0.999)
SEED = 0
COUNT = 48
"""Recordings: every fifth of the test split, of which ART draws one after the other."""


@pytest.fixture(scope="module")
def fifth(bench):
    return replace(bench, inputs=bench.inputs[::5], labels=bench.labels[::5])


@pytest.fixture(scope="module")
def theirs(ask_library, fifth):
    params = {"sigma": SIGMA, "seed": SEED, **vars(DRAWS)}
    asked = ask_library("art", fifth, [Job("certify", params, [np.inf])])
    return lambda: asked.result()[0][0].numpy()


@pytest.fixture(scope="module")
def ours(fifth, theirs):
    """Numbers of the classes, -1 to abstain, and radii (dB); shape (2, recordings)."""
    values = fifth.inputs.numpy()
    recordings = Recordings(
        names=np.arange(len(values)).astype(str),
        rows=np.arange(len(values)),
        read=values.__getitem__,
        targets=fifth.labels.numpy(),
        classes=[str(number) for number in range(fifth.classes)],
    )
    victim = DefendedVictim(fifth.model, [RandomisedSmoothing(fifth.bounds, SIGMA)])
    rows = certify(victim, DRAWS, recordings, Batches(SEED, 24, CPU))
    return np.array([[int(row["prediction"] or -1), float(row["radius"] or 0)] for row in rows]).T


def test_predictions_and_radii_agree(ours, theirs):
    """Up to the noise, of which each has drawn its own."""
    (our_class, our_radius), (their_class, their_radius) = ours, theirs()
    assert len(our_class) == len(their_class) == COUNT
    assert (our_class == their_class).mean() >= 0.95
    assert (our_class >= 0).mean() > 0.5, "hardly anything is certified: nothing is compared"
    # Not the median: where all draws agree but one, a radius falls by 7 %.
    assert our_radius.mean() == pytest.approx(their_radius.mean(), rel=0.05)
    both = (our_class == their_class) & (our_class >= 0)
    # In terms of the share that is bounded, where the noise of 1,000 draws is below 0.016.
    shares = [norm.cdf(radius[both] / SIGMA) for radius in (our_radius, their_radius)]
    assert np.abs(shares[0] - shares[1]).max() < 5 * 2**0.5 * 0.016


def test_what_all_draws_agree_on_has_the_same_radius(ours, theirs):
    largest = SIGMA * norm.ppf(lower_bound(DRAWS.samples, DRAWS.samples, DRAWS.confidence))
    for radii in (ours[1], theirs()[1]):
        assert radii.max() == pytest.approx(largest, rel=1e-5)
