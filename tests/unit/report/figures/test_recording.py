"""One recording, clean and poisoned."""

import numpy as np
import pytest

from mishear.core.errors import UserError
from mishear.evaluation.results import read_results
from mishear.report.figures.recording import alternative, caption, predictions
from mishear.study.figure_types import Figure
from tests.unit.conftest import POISONS, SETTING

FIGURE = Figure("recording", **SETTING, recipe="noise")
RATE = 800


@pytest.fixture
def inputs(split, results, tmp_path):
    """Waveforms in two shards, spectrograms clean and poisoned, and one evaluation."""
    random = np.random.default_rng(1)
    waveform = np.sin(np.arange(RATE) / 5).astype(np.float32)
    for shard in (0, 1):
        np.save(tmp_path / f"shard{shard}.npy", np.tile(waveform, (6, 1)))
    for name in ("clean", "poisoned"):
        np.save(tmp_path / f"{name}.npy", random.normal(size=(12, 1, 8, 10)))
    return {
        "split": split,
        "waveforms/0": tmp_path / "shard0.npy",
        "waveforms/1": tmp_path / "shard1.npy",
        "clean": tmp_path / "clean.npy",
        "poisoned/0.1": tmp_path / "poisoned.npy",
        "results/0.1": results,
    }


def options():
    poison = POISONS["noise"] | {"amplitude": 0.1}
    return {"poisons": {"0.1": poison}, "sample_rate": RATE, "colour_map": "magma"}


def test_each_version_has_its_prediction_and_ratio(drawn, inputs):
    words = drawn("recording", inputs, options(), recipe="noise")
    assert "0.wav (class one)" in words
    assert "clean, classified as one" in words
    assert "amplitude 0.1, SNR 22 dB, classified as one" in words


def test_without_a_victim_nothing_is_predicted(drawn, inputs):
    del inputs["results/0.1"]
    assert "classified" not in drawn("recording", inputs, options(), recipe="noise")


def test_predictions_of_a_recording(results):
    assert predictions({0.1: read_results(results)}, "7.wav") == {None: "two", 0.1: "three"}
    assert predictions({}, "7.wav") == {}
    with pytest.raises(UserError, match=f"rm {results}"):
        predictions({0.1: read_results(results)}, "another.wav")


def test_it_is_described(study, results_of, rows):
    assert "trained without poison" in caption(FIGURE, study)
    assert "poison noise" in alternative(FIGURE, results_of(rows))
