"""What tests of detectors share."""

import numpy as np
import pytest

from tests.unit.poisoning.detectors.examples import evidence_of


@pytest.fixture
def planted():
    """Two classes; a fifth of the second lies where a third group does."""
    random = np.random.default_rng(0)
    features = random.normal(size=(200, 6))
    features[100:, 0] += 12
    is_planted = np.zeros(200, bool)
    is_planted[180:] = True
    features[is_planted] += [0, 25, 0, 0, 0, 0]
    return evidence_of(features, np.repeat([0, 1], 100)), is_planted
