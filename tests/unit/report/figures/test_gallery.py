"""Galleries of spectrograms."""

import math

import numpy as np

from mishear.report.figures.gallery import alternative, caption
from mishear.study.figure_types import Figure
from tests.unit.conftest import SETTING


def test_recordings_are_named_by_their_predictions(drawn, tmp_path):
    clean = np.random.default_rng(0).normal(size=(2, 1, 8, 10)).astype(np.float32)
    np.savez(
        tmp_path / "examples.npz",
        clean=clean,
        adversarial=clean + np.float32(0.1),
        label=["one", "two"],
        clean_prediction=["one", "two"],
        adversarial_prediction=["two", "two"],
    )
    inputs = {"examples": tmp_path / "examples.npz"}
    words = drawn("gallery", inputs, {"colour_map": "magma"}, recipe="standard", attack="fgsm")
    assert "clean, classified as one" in words
    assert "fgsm, classified as two" in words
    assert "L∞ 0.10 dB" in words


def test_the_limit_is_told(study, results_of, rows):
    place = SETTING | {"recipe": "standard"}
    limited = Figure("gallery", **place, attack="fgsm", eps=0.5)
    free = Figure("gallery", **place, attack="cw", eps=math.inf)
    assert caption(limited, study).startswith("fgsm, eps 0.5 dB: ")
    assert caption(free, study).startswith("cw, no limit on the change: ")
    assert "after fgsm with eps 0.5 dB" in alternative(limited, results_of(rows))
