"""Accuracy against the L2 change allowed."""

import pytest

from mishear.report.figures.distance import alternative, caption
from mishear.study.figure_types import Figure
from tests.unit.conftest import SETTING

FIGURE = Figure("distance", **SETTING)


@pytest.fixture
def shown(drawn, results, split):
    """A function that draws evaluations of some recipes and gives the words of the figure."""

    def words(*recipes, paper_reference=True):
        inputs = {"split": split} | {f"{recipe}/cw": results for recipe in recipes}
        options = {
            "evaluations": {
                f"{recipe}/cw": {"recipe": recipe, "attack": "cw"} for recipe in recipes
            },
            "attacks": ["fgsm", "cw"],
            "paper_reference": paper_reference,
        }
        return drawn("distance", inputs, options)

    return words


def test_attacks_are_named_and_recipes_where_there_are_several(shown):
    words = shown("standard")
    assert "cw" in words and "cw on" not in words and "fgsm" not in words
    assert "cw on hardened" in shown("standard", "hardened")


def test_the_paper_is_left_out_where_it_is_not_wanted(shown):
    assert "paper, CW: 0.36" in shown("standard")
    assert "paper" not in shown("standard", paper_reference=False)


def test_it_is_described_with_the_change_each_attack_takes(results_of, rows, study):
    assert "cw: 0.000 without limit, median L2 17.5 dB" in alternative(FIGURE, results_of(rows))
    assert "misclassified" in caption(FIGURE, study)
