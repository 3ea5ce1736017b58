"""Accuracy under attacks on the waveform where nothing is listened to."""

import pytest

from mishear.core.tables.over_seeds import SUMMARY_OVER_SEEDS
from mishear.report.figures.waveform import alternative, caption
from mishear.study.figure_types import Figure
from tests.unit.conftest import SETTING, merged, summary_row

FIGURE = Figure("waveform", **SETTING)


@pytest.fixture
def shown(drawn, write, split):
    """A function that draws attacks with some budgets and gives the words of the figure."""

    def words(*budgets):
        rows = [
            summary_row("pgd", eps, 0.5, budget=budget, norm="", domain="waveform")
            for budget in budgets
            for eps in (20, 40)
        ]
        rows.append(summary_row("other", 20, 0.5, budget="snr", norm="", domain="waveform"))
        table = write("summary_over_seeds", merged(rows, SUMMARY_OVER_SEEDS))
        inputs = {"split": split, "summary_over_seeds": table}
        return drawn("waveform", inputs, {"attacks": ["pgd"], "reference": "standard"})

    return words


def test_each_budget_has_a_panel_with_its_scale(shown):
    words = shown("snr")
    assert "lowest signal-to-noise ratio" in words and "fraction of full scale" not in words
    assert "clean" in words and "other" not in words
    both = shown("snr", "eps")
    assert "lowest signal-to-noise ratio" in both and "fraction of full scale" in both


def test_it_is_described(study, results_of, rows):
    assert "attacks on the waveform" in caption(FIGURE, study)
    assert "attacks on the waveform" in alternative(FIGURE, results_of(rows))
