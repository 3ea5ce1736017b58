"""Accuracy under attacks on the waveform."""

import pytest

from mishear.core.tables.over_seeds import SUMMARY_OVER_SEEDS
from mishear.report.figures.snr import alternative, caption
from mishear.study.figure_types import Figure
from tests.unit.conftest import SETTING, merged, summary_row

FIGURE = Figure("snr", **SETTING)


@pytest.fixture
def shown(drawn, write, split, heard_tables, tmp_path):
    """A function that draws attacks with some budgets and gives the words of the figure."""

    def words(*budgets):
        saved = {"saved_accuracy": 0.5, "saved_low": 0.4, "saved_high": 0.6, "domain": "waveform"}
        rows = [
            summary_row("pgd", eps, 0.5, budget=budget, norm="", **saved)
            for budget in budgets
            for eps in (20, 40)
        ]
        for name, table in heard_tables.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)
        inputs = {
            "split": split,
            "summary_over_seeds": write("summary_over_seeds", merged(rows, SUMMARY_OVER_SEEDS)),
        }
        inputs |= {name: tmp_path / f"{name}.csv" for name in ("audio_quality", "halves")}
        return drawn("snr", inputs, {"attacks": ["pgd"], "reference": "standard"})

    return words


def test_victims_and_recognisers_are_named(shown):
    words = shown("snr")
    assert "listener, relative to clean" in words
    assert "half the clean accuracy" in words
    assert "lowest signal-to-noise ratio" in words
    assert "fraction of full scale" not in words


def test_each_budget_has_a_panel(shown):
    assert "eps, fraction of full scale" in shown("snr", "eps")


def test_it_is_described(study, results_of, rows):
    assert "saved with 16 bits" in caption(FIGURE, study)
    assert "signal-to-noise" in alternative(FIGURE, results_of(rows))
