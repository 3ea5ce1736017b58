"""Recognition and quality of noisy recordings."""

import pytest

from mishear.core.tables.over_seeds import SUMMARY_OVER_SEEDS
from mishear.report.figures.audio_quality import alternative, caption
from mishear.study.figure_types import Figure
from tests.unit.conftest import SETTING, merged

FIGURE = Figure("audio_quality", **SETTING, recipe="noise")


@pytest.fixture
def shown(drawn, write, split, heard_tables, tmp_path):
    """A function that draws the noise of a summary and gives the words of the figure."""

    def words(rows):
        quality = tmp_path / "audio_quality.csv"
        heard_tables["audio_quality"].to_csv(quality, index=False)
        inputs = {
            "split": split,
            "summary_over_seeds": write("summary_over_seeds", merged(rows, SUMMARY_OVER_SEEDS)),
            "audio_quality": quality,
        }
        return drawn("audio_quality", inputs, {"reference": "standard"}, recipe="noise")

    return words


def test_victims_recognisers_and_scores_are_named(shown, rows):
    words = shown(rows)
    for part in ("trained without noise", "trained with noise, 100 % poisoned", "PESQ", "STOI"):
        assert part in words
    assert "listener, relative to clean" in words


def test_it_is_described(study, results_of, rows):
    assert "PESQ" in caption(FIGURE, study)
    assert "amplitude of noise" in alternative(FIGURE, results_of(rows))
