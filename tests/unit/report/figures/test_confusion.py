"""Confusion matrices."""

import math

from mishear.evaluation.results import read_results
from mishear.report.figures.confusion import alternative, caption, confusion
from mishear.study.figure_types import Figure
from tests.unit.conftest import SETTING
from tests.unit.report.figures.conftest import CLASSES

FIGURE = Figure("confusion", **SETTING, recipe="standard")


def test_recordings_are_counted(results):
    found = read_results(results)
    counts = confusion(found, "adversarial_prediction", CLASSES)
    assert counts.sum() == 12
    assert counts.trace() == 6
    assert confusion(found, "clean_prediction", CLASSES).trace() == 12


def test_each_matrix_has_its_attack_and_accuracy(drawn, results, split):
    found = {"a": {"attack": "fgsm", "eps": 0.5}, "b": {"attack": "cw", "eps": math.inf}}
    inputs = {"split": split, "a": results, "b": results}
    words = drawn("confusion", inputs, {"evaluations": found}, recipe="standard")
    for title in ("clean: 1.000", "fgsm, eps 0.5 dB: 0.500", "cw, no limit: 0.500"):
        assert title in words
    assert "predicted class" in words and "true class" in words


def test_it_is_described(study, results_of, rows):
    assert "Predicted against true class" in caption(FIGURE, study)
    assert "recipe standard" in alternative(FIGURE, results_of(rows))
