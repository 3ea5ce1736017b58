"""A study whose victims meet natural corruptions, added to a finished study."""

import csv
import io

import pytest

MET = {
    "hiss": {"class": "WhiteNoise", "severities": [20, 0]},
    "crowd": {"class": "Babble", "severities": [5], "params": {"speakers": 3}},
}
VICTIMS = ("standard", "noise-amplitude0.01-rate1")


@pytest.fixture(scope="module")
def met(finished, tmp_path_factory):
    """The tiny study with two corruptions, run after the same study without."""
    project = finished.copy(tmp_path_factory.mktemp("corruptions") / "project")
    project.config = with_corruptions(project.config)
    return project, project.planned(), project.run()


def with_corruptions(config):
    config["study"]["corruptions"] = list(MET)
    return config | {"corruptions": MET}


def table(project, name="summary"):
    text = project.text(f"results/reports/tiny/{name}.csv")
    return list(csv.DictReader(io.StringIO(text)))


def test_only_what_is_about_corruptions_runs(met):
    _, planned, _ = met
    victims = {name for name in planned if name.startswith(("victims/", "evaluations/"))}
    assert victims == set()
    assert {name for name in planned if name.startswith("corruptions/")} == {
        f"corruptions/tiny/mel16/paper-cnn/{victim}/seed0/none/{corruption}.csv"
        for victim in VICTIMS
        for corruption in MET
    }


def test_each_severity_is_a_row_and_no_other_row_changes(met, finished):
    project, *_ = met
    before, after = table(finished), table(project)
    assert after[: len(before)] == before
    found = [
        tuple(row[key] for key in ("recipe", "corruption", "severity", "level", "level_unit"))
        for row in after[len(before) :]
    ]
    assert found == [
        (victim, *severity, "dB SNR")
        for victim in VICTIMS
        for severity in (("hiss", "1", "20"), ("hiss", "2", "0"), ("crowd", "1", "5"))
    ]
    for row in after[len(before) :]:
        assert row["attack"] == row["evaluation"] == row["eps"] == row["norm"] == ""
        assert float(row["median_snr_db"]) == pytest.approx(float(row["level"]), abs=0.1)
        assert 0 <= float(row["ci_low"]) <= float(row["accuracy"]) <= float(row["ci_high"]) <= 1


def test_the_clean_recordings_are_those_that_attacks_begin_with(met):
    clean = {}
    for row in table(met[0]):
        clean.setdefault(row["recipe"], set()).add(row["clean_accuracy"])
    assert all(len(values) == 1 for values in clean.values())


def test_no_other_table_knows_of_them(met, finished):
    for name in ("robustness", "robustness_over_seeds", "by_speaker", "checks", "smallest_change"):
        assert table(met[0], name) == table(finished, name)


def test_the_report_has_a_section_of_them(met):
    page = met[0].text("results/reports/tiny/report.html")
    assert "Natural corruptions" in page and "hiss" in page
    assert "crowd" in met[0].text(
        "results/reports/tiny/figures/tiny/mel16/paper-cnn/corruptions.svg"
    )


def test_other_severities_run_again_alone(met, tmp_path):
    project = met[0].copy(tmp_path / "copy")
    config = project.config
    config["corruptions"]["crowd"]["severities"] = [3]
    project.config = config
    names = {name for name in project.planned() if not name.startswith("reports/")}
    assert {name.rpartition("/")[2] for name in names} == {"crowd.csv"}
