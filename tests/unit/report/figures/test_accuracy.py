"""Accuracy against eps."""

from dataclasses import asdict

import pytest

from mishear.core.tables.over_seeds import SUMMARY_OVER_SEEDS
from mishear.report.figures.accuracy import alternative, caption
from mishear.study.figure_types import Figure
from tests.unit.conftest import SETTING, merged
from tests.unit.report.figures.conftest import of_seeds

FIGURE = Figure("accuracy", **SETTING)


@pytest.fixture
def shown(drawn, write, split, attacks):
    """A function that draws the rows of a summary and gives the words of the figure."""

    def words(rows, paper_reference=True):
        options = {"attacks": {name: asdict(attack) for name, attack in attacks.items()}}
        options["paper_reference"] = paper_reference
        return drawn(
            "accuracy",
            {
                "summary": write("summary", rows),
                "summary_over_seeds": write("summary_over_seeds", merged(rows, SUMMARY_OVER_SEEDS)),
                "split": split,
            },
            options,
        )

    return words


def test_attacks_and_the_papers_points_are_named(shown, rows):
    words = shown(rows)
    assert "pgd-paper" in words
    assert "paper, FGSM: 0.17 at 0.95" in words
    assert "chance" in words
    assert "clean 0.950" in words


def test_the_paper_is_left_out_where_it_is_not_wanted(shown, rows):
    assert "paper," not in shown(rows, paper_reference=False)


def test_recipes_have_panels_of_their_own(shown, rows):
    hardened = [row | {"recipe": "hardened"} for row in rows if row["attack"] == "fgsm"]
    words = shown(rows + hardened)
    assert "standard, L∞" in words
    assert "hardened, L∞" in words


def test_other_settings_are_not_mixed_in(shown, rows):
    other = [row | {"corpus": "words", "recipe": "odd"} for row in rows]
    assert "odd" not in shown(rows + other)


def test_several_seeds_can_be_drawn(shown, rows):
    assert "fgsm" in shown(rows + [row | {"seed": 1} for row in rows])


def test_adaptive_attacks_alone_are_shown(shown, rows):
    transferred = [
        row | {"defence": "median", "evaluation": "transfer", "source": "standard"}
        for row in rows
        if row["attack"] == "fgsm"
    ]
    assert "behind median" not in shown(rows + transferred)
    adaptive = [row | {"evaluation": "adaptive"} for row in transferred]
    assert "standard behind median, L∞" in shown(rows + adaptive)


def test_the_caption_explains_seeds_where_there_are_several(study):
    assert "another training may lie outside" in caption(FIGURE, study)
    assert "over 2 victims" in caption(FIGURE, of_seeds(study, (0, 1)))


def test_the_description_holds_the_ends_of_each_curve(results_of, rows):
    text = alternative(FIGURE, results_of(rows))
    assert "fgsm: 0.600 at 0.25 dB, 0.020 at 0.95 dB" in text
    assert "cw" not in text
