"""Accuracy under natural corruptions."""

import pytest

from mishear.core.tables.over_seeds import SUMMARY_OVER_SEEDS
from mishear.report.figures.corruptions import alternative, caption
from mishear.study.figure_types import Figure
from tests.unit.conftest import SETTING, corruption_rows, merged

FIGURE = Figure("corruptions", **SETTING)


@pytest.fixture
def shown(drawn, write, split):
    """A function that draws the rows of a summary and gives the words of the figure."""

    def words(rows):
        table = write("summary_over_seeds", merged(rows, SUMMARY_OVER_SEEDS))
        return drawn("corruptions", {"summary_over_seeds": table, "split": split}, {})

    return words


def test_each_corruption_has_a_panel_with_its_levels(shown, rows):
    clipped = corruption_rows(corruption="clipping", unit="dB below the peak")
    words = shown([*rows, *corruption_rows(), *clipped])
    for word in ("white-noise", "dB SNR", "clipping", "dB below the peak", "clean", "40", "20"):
        assert word in words
    assert "chance" in words and "standard" in words
    assert "pgd" not in words


def test_victims_and_defences_have_lines_of_their_own_without_poisoned_ones(shown):
    defended = corruption_rows(defence="median")
    poisoned = corruption_rows(recipe="noise-amplitude0.01-rate1", poison="noise")
    words = shown([*corruption_rows(0), *corruption_rows(1), *defended, *poisoned])
    assert "standard behind median" in words
    assert "noise-amplitude" not in words


def test_it_is_described(study, results_of, rows):
    assert "clean recordings" in caption(FIGURE, study)
    assert "severity" in alternative(FIGURE, results_of(rows))
