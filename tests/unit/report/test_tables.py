"""The tables that the report is written from."""

import pytest

from mishear.core.tables.over_seeds import BY_SPEAKER
from mishear.report.tables import read_tables
from mishear.study.reported import ReportedSetting


@pytest.fixture
def inputs(
    over_seeds_of,
    robustness_of,
    checks_of,
    changes_of,
    rows,
    robustness_row,
    check_row,
    change_row,
    environments_file,
    tmp_path,
):
    other = [row | {"corpus": "words"} for row in rows]
    over_seeds_of(rows + other)
    robustness_of(
        [robustness_row(0.5, 0.9, None, 0.1, corpus=name) for name in ("digits", "words")]
    )
    checks_of([check_row("pgd", "no weaker than one step", "no failure found")])
    changes_of([change_row(), change_row(corpus="words"), change_row(seed=0)])
    names = (
        "summary_over_seeds",
        "robustness_over_seeds",
        "smallest_change",
        "by_speaker",
        "checks",
        "environments",
    )
    BY_SPEAKER.write([], tmp_path / "by_speaker.csv")
    return {name: tmp_path / f"{name}.csv" for name in names}


def test_rows_are_those_of_a_setting(inputs, rows, setting):
    tables = read_tables(inputs)
    here = tables.of(ReportedSetting(**setting, source="fsdd"))
    assert len(here.measurements) == len(rows)
    assert len(here.smallest_change) == 1
    assert len(here.robustness) == 1 and len(tables.robustness) == 2
    elsewhere = tables.of(ReportedSetting(**setting | {"corpus": "words"}, source="fsdd"))
    assert elsewhere.checks.empty
    assert len(here.environments) == 2 and elsewhere.environments.empty


def test_what_a_study_does_not_have_is_none(inputs, rows, setting):
    tables = read_tables(inputs)
    assert tables.detections is None and tables.listening is None
    assert tables.of(ReportedSetting(**setting, source="fsdd")).listening is None


def test_attacks_on_the_waveform_can_be_left_out(inputs, over_seeds_of, rows):
    sound = rows[0] | {"domain": "waveform", "budget": "snr", "attack": "sound"}
    over_seeds_of([*rows, sound])
    tables = read_tables(inputs)
    assert "sound" in set(tables.measurements.attack)
    assert "sound" not in set(tables.on_inputs.attack)


def test_sounds_of_any_network_belong_to_a_setting(inputs, setting, heard_tables, tmp_path):
    for name, table in heard_tables.items():
        inputs[name] = tmp_path / f"{name}.csv"
        table.to_csv(inputs[name], index=False)
    here = read_tables(inputs).of(ReportedSetting(**setting, source="fsdd"))
    assert set(here.listening.audio_quality.kind) == {"clean", "poisoned", "waveform"}
