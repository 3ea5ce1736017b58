"""The matrix of transfer."""

from mishear.core.tables.transfer import TRANSFER
from mishear.report.figures.transfer import OTHER_SEED, alternative, caption, short_names
from mishear.study.figure_types import Figure
from tests.unit.conftest import SETTING
from tests.unit.evaluation.transferability.test_clusters import NAMES, by_front_end, row, table

FIGURE = Figure("transfer", **SETTING, attack="pgd")


def file(tmp_path, rows):
    filler = dict.fromkeys(TRANSFER.names, 0) | {"domain": "waveform"}
    TRANSFER.write([filler | each for each in rows], tmp_path / "transfer.csv")
    return {"transfer": tmp_path / "transfer.csv"}


def test_every_cell_has_its_rate_and_interval(drawn, tmp_path):
    rows = table(by_front_end).to_dict("records")
    other = [row(NAMES[0], NAMES[0], 0.45, "seeds")]
    words = drawn("transfer", file(tmp_path, rows + other), {}, attack="pgd")
    assert words.count("0.80–1.00") == 8
    assert words.count("0.00–0.20") == 8
    assert "0.35–0.55" in words and OTHER_SEED in words
    assert "pgd, SNR 20 dB" in words
    assert "mel/a" in words and "mel/a/s" not in words


def test_each_eps_has_a_matrix_of_its_attack_alone(drawn, tmp_path):
    rows = [row(NAMES[0], NAMES[1], 0.5, eps=eps) for eps in (20.0, 10.0)]
    rows.append(row(NAMES[0], NAMES[1], 0.7) | {"attack": "other"})
    rows.append(row(NAMES[0], NAMES[1], 0.7) | {"corpus": "words"})
    words = drawn("transfer", file(tmp_path, rows), {}, attack="pgd")
    assert "SNR 20 dB" in words and "SNR 10 dB" in words
    assert "0.70" not in words and OTHER_SEED not in words


def test_names_keep_what_tells_them_apart():
    assert short_names(["mel/a/s", "mel/b/s"]) == {"mel/a/s": "a", "mel/b/s": "b"}
    assert short_names(["mel/a/s"]) == {"mel/a/s": "mel/a/s"}


def test_it_is_described(study):
    assert "95 % interval over recordings of each pair" in caption(FIGURE, study)
    assert "under pgd" in alternative(FIGURE)
