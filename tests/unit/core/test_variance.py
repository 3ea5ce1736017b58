"""Half-widths of means over victims and recordings, against what they are made of."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from mishear.core.variance import Z, squared_half_width, squared_half_width_of_speakers

VALUES = np.random.default_rng(0).normal(size=(1, 60))


def test_one_victim_has_the_variance_of_its_recordings():
    expected = Z**2 * VALUES.var(ddof=1) / 60
    assert squared_half_width(VALUES) == pytest.approx(expected)


def test_victims_that_differ_alone_have_their_t_interval():
    of_victims = np.array([0.1, 0.2, 0.6])
    interval = ttest_1samp(of_victims, 0).confidence_interval()
    half = (interval.high - interval.low) / 2
    values = np.repeat(of_victims[:, None], 5, axis=1)
    assert squared_half_width(values) == pytest.approx(half**2)


def test_speakers_of_one_victim_have_the_t_interval_of_their_means():
    residuals = VALUES - VALUES.mean()
    speakers = np.repeat(list("abcdef"), 10)
    interval = ttest_1samp(residuals.reshape(6, 10).mean(1), 0).confidence_interval()
    half = (interval.high - interval.low) / 2
    assert squared_half_width_of_speakers(residuals, speakers) == pytest.approx(half**2)


@pytest.mark.parametrize("speakers", [None, np.array(["a"] * 60)])
def test_one_speaker_is_no_sample(speakers):
    assert squared_half_width_of_speakers(VALUES, speakers) == 0
