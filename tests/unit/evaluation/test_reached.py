"""One example of each pair of classes is kept, and is read as it was written."""

import numpy as np

from mishear.core.flac import sixteen_bit
from mishear.evaluation.reached import Reached, first_reached, read_reached, write_reached


def row(recording, label, success):
    return {"recording": recording, "label": label, "target": "c", "success": success}


def test_the_first_success_of_each_class_is_kept():
    rows = [row("1", "a", False), row("2", "a", True), row("3", "b", None), row("4", "a", True)]
    values = np.arange(8, dtype=np.float32).reshape(4, 2)
    (found,) = first_reached(rows, [values[:3], values[3:]])
    assert (found.recording, found.pair) == ("2", ("a", "c"))
    assert found.adversarial.tolist() == [2, 3]


def test_examples_are_read_as_they_were_written(tmp_path):
    inputs = np.random.default_rng(0).normal(size=(2, 1, 3, 4)).astype(np.float32)
    made = [Reached(f"{n}.wav", "ü", "no", inputs[n]) for n in range(2)]
    write_reached(made, tmp_path / "made.npz")
    for one, other in zip(made, read_reached(tmp_path / "made.npz"), strict=True):
        assert (one.recording, one.pair) == (other.recording, other.pair)
        assert np.array_equal(one.adversarial, other.adversarial)


def test_samples_of_16_bits_are_read_in_fractions_of_full_scale(tmp_path):
    samples = np.linspace(-1, 0.999, 50, dtype=np.float32)
    write_reached([Reached("1.wav", "a", "b", sixteen_bit(samples))], tmp_path / "made.npz")
    (found,) = read_reached(tmp_path / "made.npz")
    assert found.adversarial.dtype == np.float32
    assert np.abs(found.adversarial - samples).max() <= 2**-16


def test_no_example_is_a_file_without_examples(tmp_path):
    write_reached([], tmp_path / "made.npz")
    assert read_reached(tmp_path / "made.npz") == []
