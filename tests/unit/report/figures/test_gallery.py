"""Galleries of inputs."""

import math

import numpy as np

from mishear.report.figures.gallery import alternative, caption
from mishear.study.figure_types import Figure
from tests.unit.conftest import SETTING


def test_recordings_are_named_by_their_predictions(drawn, split, tmp_path):
    """The split has twelve test recordings; the figure shows two of them."""
    clean = np.random.default_rng(0).normal(size=(12, 1, 8, 10)).astype(np.float32)
    labels = np.array(["one", "two", "three"] * 4)
    np.savez(
        tmp_path / "examples.npz",
        clean=clean,
        adversarial=clean + np.float32(0.1),
        label=labels,
        clean_prediction=labels,
        adversarial_prediction=np.array(["two", "two", "one"] + ["three"] * 9),
    )
    inputs = {"examples": tmp_path / "examples.npz", "split": split}
    options = {"recordings": ["0.wav", "1.wav"], "colour_map": "magma"}
    words = drawn("gallery", inputs, options, recipe="standard", attack="fgsm")
    assert "clean, classified as one" in words
    assert "fgsm, classified as two" in words
    assert "fgsm, classified as three" not in words
    assert "L∞ 0.1 dB" in words


def test_waveforms_are_drawn_as_lines(drawn, split, tmp_path):
    clean = np.random.default_rng(0).uniform(-0.5, 0.5, (12, 1, 4000)).astype(np.float32)
    labels = np.array(["one", "two", "three"] * 4)
    np.savez(
        tmp_path / "examples.npz",
        clean=clean,
        adversarial=clean + np.float32(0.01),
        label=labels,
        clean_prediction=labels,
        adversarial_prediction=labels,
    )
    inputs = {"examples": tmp_path / "examples.npz", "split": split}
    options = {"recordings": ["0.wav", "1.wav"], "colour_map": "magma"}
    words = drawn("gallery", inputs, options, recipe="standard", attack="fgsm")
    assert "sample" in words and "channel" not in words
    assert "L∞ 0.01 dB" in words
    assert "<image" not in (tmp_path / "gallery.svg").read_text()


def test_the_limit_is_told(study, results_of, rows):
    place = SETTING | {"recipe": "standard"}
    limited = Figure("gallery", **place, attack="fgsm", eps=0.5)
    free = Figure("gallery", **place, attack="cw", eps=math.inf)
    assert caption(limited, study).startswith("fgsm, eps 0.5 dB: ")
    assert caption(free, study).startswith("cw, no limit on the change: ")
    assert "after fgsm with eps 0.5 dB" in alternative(limited, results_of(rows))
