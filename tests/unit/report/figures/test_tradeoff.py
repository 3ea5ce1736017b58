"""Clean accuracy against worst-case accuracy."""

import math

import pytest

from mishear.core.tables.over_seeds import ROBUSTNESS_OVER_SEEDS
from mishear.report.figures.tradeoff import alternative, caption
from mishear.study.figure_types import Figure
from tests.unit.conftest import SETTING, merged

FAMILIES = {"standard": "standard", "hardened-eps0.5": "hardened", "hardened-eps2": "hardened"}
LABELS = {"standard": "", "hardened-eps0.5": "eps0.5", "hardened-eps2": "eps2"}
FIGURE = Figure("tradeoff", **SETTING)


@pytest.fixture
def shown(drawn, write):
    """A function that draws worst cases and gives the words of the figure."""

    def words(rows, eps=0.5):
        options = {"families": FAMILIES, "labels": LABELS, "eps": eps}
        return drawn(
            "tradeoff",
            {
                "robustness_over_seeds": write(
                    "robustness_over_seeds", merged(rows, ROBUSTNESS_OVER_SEEDS)
                )
            },
            options,
        )

    return words


@pytest.fixture
def hardened(robustness_row):
    """Worst cases of a sweep of adversarial trainings, and of a defence."""
    return [
        robustness_row(0.5, 0.95, None, 0.1),
        robustness_row(0.5, 0.9, 0.6, 0.2, defence="median"),
        robustness_row(0.5, 0.85, 0.8, 0.75, recipe="hardened-eps0.5"),
        robustness_row(0.5, 1.0, 0.7, 0.0, recipe="hardened-eps2"),
        robustness_row(math.inf, 0.95, None, 0.0, norm="l2"),
    ]


def test_recipes_defences_and_what_was_swept_are_named(shown, hardened):
    words = shown(hardened)
    for part in ("recipe hardened", "defence median", "eps0.5", "eps2", "eps 0.5 dB, L∞"):
        assert part in words
    assert "inf" not in words


def test_there_are_panels_for_each_norm(shown, robustness_row):
    """Also where no attack of the study is in the L-infinity norm."""
    rows = [
        robustness_row(eps, 0.9, None, 0.5, norm=norm, defence=defence)
        for norm, sizes in (("l2", [1, 5, 10, 20]), ("l1", [50]))
        for eps in sizes
        for defence in ("none", "median")
    ]
    words = shown(rows, eps=6)
    for title in ("eps 1 dB, L2", "eps 5 dB, L2", "eps 20 dB, L2", "eps 50 dB, L1"):
        assert title in words
    assert "eps 10 dB" not in words


def test_several_seeds_can_be_drawn(shown, hardened):
    assert "recipe hardened" in shown(hardened + [row | {"seed": 1} for row in hardened])


def test_it_is_described(study, results_of, rows):
    assert "worst-case accuracy" in caption(FIGURE, study)
    assert "Scatter plots" in alternative(FIGURE, results_of(rows))
