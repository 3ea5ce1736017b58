"""A poison takes the place of clean recordings where it was chosen to."""

import numpy as np

from mishear.poisoning.training_set import TrainingSet
from mishear.training.inputs import TrainingInputs


def test_poisoned_recordings_take_the_place_of_clean_ones():
    clean = np.arange(10, dtype=np.float32).reshape(10, 1, 1, 1)
    rows, positions = np.array([1, 3, 5, 7]), np.array([2, 0, 3])
    is_poisoned = np.array([True, False, False, True])
    chosen = TrainingSet(rows, np.zeros(4, int), is_poisoned)
    untouched = TrainingInputs(clean, None, chosen)
    assert np.array_equal(untouched[positions], clean[rows[positions]])
    mixed = TrainingInputs(clean, clean + 100, chosen)
    assert mixed[positions].ravel().tolist() == [5, 101, 107]
