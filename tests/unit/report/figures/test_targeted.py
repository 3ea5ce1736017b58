"""The matrix of classes turned into each other."""

from dataclasses import replace

from mishear.core.tables.targeted import TARGETED
from mishear.report.figures.targeted import alternative, caption
from mishear.study.figure_types import Figure
from tests.unit.conftest import SETTING

FIGURE = Figure("targeted", **SETTING, recipe="standard", attack="pgd")


def row(label, target, rate, **changes):
    found = dict.fromkeys(TARGETED.names, 0) | SETTING
    found |= {"recipe": "standard", "attack": "pgd", "domain": "waveform", "budget": "snr"}
    found |= {"eps": 20.0, "label": label, "target": target, "success_rate": rate}
    return found | {"success_low": rate - 0.1, "success_high": rate + 0.1} | changes


def test_each_eps_has_a_matrix_of_its_attack_and_training(drawn, tmp_path):
    rows = [row("one", "two", 0.9), row("two", "one", 0.3), row("one", "two", 0.5, eps=10.0)]
    rows += [row("one", "two", 0.7, **{key: "other"}) for key in ("recipe", "attack", "network")]
    TARGETED.write(rows, tmp_path / "targeted.csv")
    inputs = {"targeted": tmp_path / "targeted.csv"}
    words = drawn("targeted", inputs, {}, recipe="standard", attack="pgd")
    assert "0.80–1.00" in words and "0.20–0.40" in words and "0.40–0.60" in words
    assert "0.70" not in words
    assert "pgd, SNR 20 dB" in words and "pgd, SNR 10 dB" in words


def test_it_is_described(study, results_of, rows):
    assert "fraction that is classified as the column" in caption(FIGURE, study)
    assert "aimed at each class" in alternative(FIGURE, results_of(rows))


def test_a_model_that_came_trained_is_one_victim(study):
    several = replace(study, seeds=(0, 1))
    assert "over the recordings of one victim" in caption(FIGURE, several)
