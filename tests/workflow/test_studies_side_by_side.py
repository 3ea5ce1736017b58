"""Two studies that define the same name differently, in one folder of results."""

import csv
import io
import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.workflow.test_tiny_study import VICTIM

MTIME = ("--rerun-triggers", "mtime")
SUMMARY = "results/reports/{}/summary.csv"
OF_THE_REPORT = {
    "card",
    "summarise",
    "summarise_checks",
    "summarise_environments",
    "draw_figure",
    "report",
    "all",
    "study",
    "methods",
}


def other_study(project, name="other"):
    """The same study with another definition of ``standard``, and less of everything else."""
    config = project.config
    config["study"] |= {"name": name, "recipes": ["standard"], "attacks": ["fgsm"]}
    config["recipes"]["standard"] = {"epochs": 3}
    return config


def numbers(project, study):
    text = project.text(SUMMARY.format(study))
    return [row | {"seconds": ""} for row in csv.DictReader(io.StringIO(text))]


@pytest.fixture
def copy(finished, tmp_path):
    return finished.copy(tmp_path / "copy")


def test_both_keep_their_results_whatever_triggers_reruns(finished, copy, project):
    own = {path: path.stat().st_mtime_ns for path in (copy.folder / "results").rglob("*.pt")}
    config = copy.config
    copy.config = project.config = other_study(copy)
    made = copy.run(SUMMARY.format("other"), *MTIME)
    assert "rule synthesise:" not in made
    assert "rule spectrograms:" not in made
    copy.config = config
    assert "Nothing to be done" in copy.run(*MTIME)
    assert "Nothing to be done" in copy.run()
    assert own.items() <= {path: path.stat().st_mtime_ns for path in own}.items()
    assert numbers(copy, "tiny") == numbers(finished, "tiny")
    project.run(SUMMARY.format("other"))
    assert numbers(copy, "other") == numbers(project, "other")
    assert numbers(copy, "other") != [
        row for row in numbers(copy, "tiny") if row["attack"] == "fgsm"
    ]


def test_the_way_back_to_a_definition_makes_its_report_alone(finished, copy):
    config = copy.config
    copy.config = other_study(copy, "tiny")
    assert "report.html is older than the config" in copy.run(SUMMARY.format("tiny"))
    assert {row["attack"] for row in numbers(copy, "tiny")} == {"fgsm"}
    copy.config = config
    planned = set(re.findall(r"^(?:local)?rule (\w+):", copy.run("--dry-run"), re.MULTILINE))
    assert {"summarise"} < planned <= OF_THE_REPORT
    copy.run(SUMMARY.format("tiny"))
    assert numbers(copy, "tiny") == numbers(finished, "tiny")


def test_a_copy_without_records_of_snakemake_makes_the_report_of_another_config(copy):
    shutil.rmtree(copy.folder / ".snakemake")
    assert "Nothing to be done" in copy.run()
    copy.config = other_study(copy, "tiny")
    copy.run()
    assert {row["attack"] for row in numbers(copy, "tiny")} == {"fgsm"}
    assert "Nothing to be done" in copy.run()


def pruned(project, *arguments):
    """What is said of the results that no config uses."""
    done = subprocess.run(
        [sys.executable, "-m", "mishear.commands.main", "prune", *arguments],
        cwd=project.folder,
        env=os.environ | {"PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_every_result_of_a_study_is_used_by_its_config_alone(copy):
    kept, unused = pruned(copy, "config/study.yaml").splitlines()
    assert kept == "Kept: the results of config/study.yaml (studies: tiny)."
    assert unused.startswith("0 B of ")
    assert f"results/victims/{VICTIM}-" in pruned(copy, "config/config.yaml")
    assert "Nothing to be done" in copy.run()


def test_a_file_of_another_config_is_refused(copy):
    path = copy.file(f"results/victims/{VICTIM}/victim.pt").relative_to(copy.folder)
    copy.config = other_study(copy)
    said = copy.snakemake(str(path), "--forcerun", "train").stdout
    assert "is of another config" in said


def test_a_report_is_of_one_config_where_times_alone_are_compared(finished, copy):
    config = copy.config
    changed = copy.config
    changed["study"] |= {"attacks": ["fgsm"]}
    copy.config = changed
    copy.run(*MTIME)
    assert {row["attack"] for row in numbers(copy, "tiny")} == {"fgsm", "noise"}
    assert "Nothing to be done" in copy.run(*MTIME)
    copy.config = config
    assert "rule summarise:" in copy.run("--dry-run", *MTIME)
    copy.run(*MTIME)
    assert numbers(copy, "tiny") == numbers(finished, "tiny")
    assert "Nothing to be done" in copy.run()
