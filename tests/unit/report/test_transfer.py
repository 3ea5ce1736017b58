"""What the page says of transfer."""

from dataclasses import replace

import pandas as pd
import pytest

from mishear.core.tables.transfer import TRANSFER
from mishear.evaluation.transferability.clusters import transfer_matrix
from mishear.report.drawing.style import drawing
from mishear.report.transfer import sentence, transfer_sections
from mishear.study.figure_types import Figure
from mishear.study.reported import ReportedFigure
from tests.unit.conftest import SETTING
from tests.unit.evaluation.transferability.test_clusters import NAMES, by_front_end, row, table


def said(rows):
    rows = pd.DataFrame(rows)
    return sentence(rows.iloc[0], transfer_matrix(rows))


def test_what_transfers_most_and_least_is_named_with_its_interval():
    rates = {(NAMES[0], NAMES[1]): 0.75, (NAMES[1], NAMES[0]): 0.125}
    text = said(table(lambda *pair: rates.get(pair, 1.0), NAMES[:2]))
    assert text == (
        "pgd, SNR 20 dB: examples transfer most from mel/a/s to mel/b/s (0.750, 0.650 to 0.850) "
        "and least from mel/b/s to mel/a/s (0.125, 0.025 to 0.225)."
    )


def test_no_pair_transfers_most_where_all_transfer_alike():
    assert said(table(lambda *_: 0.0, NAMES[:2])) == (
        "pgd, SNR 20 dB: the rate is 0.000 for every pair."
    )


def test_groups_are_named():
    text = said(table(by_front_end))
    assert "On average, more than half of the examples transfer among " in text
    assert any(f"among {a}, {b}" in text for a, b in (NAMES[:2], NAMES[1::-1]))
    assert said(table(lambda *_: 0.9)).endswith("transfer among all victims.")


def test_one_pair_has_no_extremes():
    text = said([row(NAMES[0], NAMES[0], 1.0), row(NAMES[0], NAMES[0], 0.5, "seeds")])
    assert text == (
        "pgd, SNR 20 dB: examples transfer from mel/a/s to itself with another seed (0.500, 0.400 "
        "to 0.600)."
    )


def test_the_attack_on_a_victim_itself_is_no_transfer():
    alone = said([row(NAMES[0], NAMES[0], 1.0)])
    assert alone == "pgd, SNR 20 dB: no other victim is judged on the examples."


def test_victims_that_agree_on_no_recording_are_said():
    nothing = row(NAMES[0], NAMES[1], 0.5) | {"success_rate": None}
    assert said([row(NAMES[0], NAMES[0], 1.0), nothing]) == (
        "pgd, SNR 20 dB: no two victims classify a recording correctly when clean."
    )


@pytest.fixture
def written(tmp_path):
    """The table of a study with one figure, and the figure."""
    rows = table(by_front_end).to_dict("records")
    filler = dict.fromkeys(TRANSFER.names, 0) | {"domain": "waveform"}
    TRANSFER.write([filler | each for each in rows], tmp_path / "transfer.csv")
    figure = Figure("transfer", **SETTING, attack="pgd")
    with drawing(tmp_path / "figure.svg", height=1) as drawn:
        drawn.text(0.1, 0.5, "drawn")
    return figure, {"transfer": tmp_path / "transfer.csv", figure.path: tmp_path / "figure.svg"}


def test_the_section_has_sentences_and_figures(study, written):
    figure, inputs = written
    elsewhere = replace(study.settings[0], corpus="words")  # has no source model
    figures = (ReportedFigure(figure, "Transfer", "", True),)
    shown = replace(study, settings=(*study.settings, elsewhere), figures=figures)
    (section,) = transfer_sections(shown, inputs)
    assert section.corpus == "digits"
    assert len(section.sentences) == 1
    assert "<svg" in section.figures[0].svg
    assert section.figures[0].caption.startswith("pgd: examples computed on the victim of the row")


def test_a_study_without_transfer_has_no_section(study):
    assert transfer_sections(study, {}) == []
