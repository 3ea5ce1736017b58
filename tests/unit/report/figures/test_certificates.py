"""Certified accuracy."""

from mishear.report.figures.certificates import alternative, caption
from mishear.study.figure_types import Figure
from tests.unit.conftest import PLACE, SETTING, N

FIGURE = Figure("certificates", **SETTING)


def certified(seed):
    row = PLACE | {"defence": "smoothing", "seed": seed, "confidence": 0.999, "n": N}
    return [
        row
        | {"radius": radius, "certified_accuracy": accuracy, "abstained": 3, "capped": 5}
        | {"largest_radius": 7.38}
        | {"ci_low": accuracy - 0.05, "ci_high": accuracy + 0.05}
        for radius, accuracy in enumerate([0.9, 0.6, 0.1])
    ]


def test_each_defence_has_a_line_for_each_seed(drawn, write):
    table = write("certificates", certified(0) + certified(1))
    words = drawn("certificates", {"certificates": table}, {})
    assert f"standard behind smoothing (10 of {2 * N} at the cap of 7.38 dB)" in words
    assert "certified accuracy" in words


def test_it_is_described(study, results_of, rows):
    assert "L2 radius" in caption(FIGURE, study)
    assert "certified accuracy" in alternative(FIGURE, results_of(rows))
