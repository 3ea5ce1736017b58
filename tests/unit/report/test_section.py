"""What the page says of one setting."""

import dataclasses

import pytest

from mishear.core.tables.over_seeds import BY_SPEAKER
from mishear.report.section import build_section
from mishear.report.tables import read_tables
from tests.unit.conftest import summary_row


@pytest.fixture
def section_of(
    study,
    over_seeds_of,
    robustness_of,
    checks_of,
    changes_of,
    accuracy_file,
    environments_file,
    tmp_path,
):
    """A function that gathers the section of some rows."""

    def built(rows, robustness=(), checks=(), **changes):
        given = dataclasses.replace(study, **changes)
        over_seeds_of(rows), robustness_of(robustness), checks_of(checks), changes_of([])
        names = (
            "summary_over_seeds",
            "robustness_over_seeds",
            "smallest_change",
            "by_speaker",
            "checks",
        )
        BY_SPEAKER.write([], tmp_path / "by_speaker.csv")
        inputs = {name: tmp_path / f"{name}.csv" for name in names}
        inputs["environments"] = environments_file
        (setting,) = given.settings
        inputs[f"accuracy/{setting.path}/standard/seed0"] = accuracy_file
        tables = read_tables(inputs).of(setting)
        return build_section(given, setting, tables, inputs, "It breaks.")

    return built


def test_parts_are_those_with_something_to_say(section_of, rows, robustness_row, check_row):
    found = section_of(rows)
    assert [part.name for part in found.parts] == ["clean", "paper"]
    assert [part.title for part in found.parts] == ["Clean", "Paper"]
    worst = [robustness_row(0.5, 0.9, None, 0.1, defence=name) for name in ("none", "median")]
    checks = [check_row("pgd", "no weaker than one step", "no failure found")]
    found = section_of(rows, worst, checks, paper_reference=False)
    assert [part.name for part in found.parts] == ["clean", "defences", "checks"]


def test_attacks_without_checks_are_named(section_of, rows, check_row):
    found = section_of(
        rows, checks=[check_row("pgd", "no weaker than one step", "no failure found")]
    )
    assert found.unchecked == ["fgsm", "pgd-paper", "cw"]


def test_answers_end_with_the_best_defence(section_of, rows, robustness_row):
    worst = [robustness_row(0.5, 0.9, None, 0.4, defence="median")]
    assert section_of(rows, worst).answers[-1].question == "Best defence at 0.5 dB"
    assert "defence" not in section_of(rows).answers[-1].question


def test_the_accuracy_of_the_test_is_that_of_the_summary(section_of, rows):
    found = section_of([row | {"clean_accuracy": 0.9} for row in rows])
    assert found.accuracies["test"].accuracy == pytest.approx(0.9)
    assert found.accuracies["train"].accuracy == 0.99


def test_it_is_also_where_all_attacks_are_on_the_waveform(section_of):
    attacked = summary_row("loud", 20, 0.5, budget="snr", norm="", domain="waveform")
    found = section_of([attacked | {"clean_accuracy": 0.875}])
    assert found.accuracies["test"].accuracy == 0.875
