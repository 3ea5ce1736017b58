"""Runs of Snakemake whose jobs start warm, and the same ones cold."""

import csv
import re
import shutil
from pathlib import Path

import pytest
from warm_start.setup import SWITCH

from tests.workflow.noting_starts import edit
from tests.workflow.test_interruption import ends_within, printed, start
from tests.workflow.test_tiny_study import VICTIM

pytestmark = pytest.mark.workflow

FILES = [f"results/evaluations/{VICTIM}/none/noting/eps{eps}.csv" for eps in (0.1, 0.2, 0.3)]


@pytest.fixture
def study(finished, tmp_path, monkeypatch):
    """The finished study with an attack that notes how it was started."""
    monkeypatch.delenv(SWITCH, raising=False)
    monkeypatch.setenv("NOTES", str(tmp_path / "notes"))
    project = finished.copy(tmp_path / "copy")
    shutil.copy(Path(__file__).with_name("noting_starts.py"), project.folder)
    config = project.config
    config["attacks"]["noting"] = {"class": "noting_starts.Noting", "eps": [0.1, 0.2, 0.3]}
    config["study"]["attacks"] = ["noting"]
    project.config = config
    return project


def notes(study):
    """Of each job the version of the user's file, its parent and whether that is a starter."""
    file = study.folder.parent / "notes"
    lines = [line.split() for line in file.read_text().splitlines()]
    file.unlink()
    return [(int(version), int(parent), warm == "True") for version, parent, warm in lines]


def rows(study):
    found = []
    for path in FILES:
        found += csv.DictReader(study.file(path).open())
    for row in found:
        del row["seconds"]
    return found


def make_cold_by_config(study, _):
    study.config = study.config | {"warm_start": False}


def make_cold_by_variable(_, monkeypatch):
    monkeypatch.setenv(SWITCH, "0")


@pytest.mark.parametrize("make_cold", [make_cold_by_config, make_cold_by_variable])
def test_warm_and_cold_jobs_give_the_same(study, monkeypatch, make_cold):
    said = study.run(*FILES)
    found = notes(study)
    assert len(found) == len(FILES)
    parents = {parent for _, parent, warm in found if warm}
    assert len(parents) == 1, "no starter, or more than one"
    assert "No warm start" not in said
    warm = rows(study)
    make_cold(study, monkeypatch)
    said = study.run(*FILES, "--forceall", "--allowed-rules", "evaluate")
    found = notes(study)
    assert len(found) == len(FILES)
    assert {warm for _, _, warm in found} == {False}
    assert "start cold" not in said
    assert rows(study) == warm


def test_an_edit_of_the_users_code_ends_the_next_job(study, monkeypatch):
    """A forked job has not imported it yet, so it sees the edit as a cold one does."""
    monkeypatch.setenv("EDITS", "1")
    said = study.snakemake(*FILES, "--keep-going", cores=1)
    assert said.returncode == 1
    assert [version for version, _, _ in notes(study)] == [1]
    edited = study.folder / "noting_starts.py"
    assert said.stdout.count(f"{edited} was changed after this run had planned") >= 2


def test_an_edit_of_the_users_code_is_seen_by_the_next_run(study):
    parents = []
    for version in (1, 2):
        study.run(*FILES[:2], "--forceall", "--allowed-rules", "evaluate", cores=1)
        (_, _, first), (seen, parent, second) = notes(study)
        assert (first, second) == (False, True), "the first job of a run starts cold"
        assert seen == version
        edit(study.folder / "noting_starts.py")
        parents.append(parent)
    assert parents[0] != parents[1], "a starter outlives its run"


def test_no_process_is_left_after_a_run(study):
    process = start(study, *FILES)
    assert process.wait(120) == 0, printed(study)
    assert ends_within(10, process)
    assert any(warm for _, _, warm in notes(study)), "no job started warm"


def test_a_failing_job_fails_as_ever(study):
    (study.folder / "noting_starts.py").write_text(
        (study.folder / "noting_starts.py").read_text().replace("parent = os.getppid()", "1 / 0")
    )
    done = study.snakemake(FILES[0])
    assert done.returncode == 1
    assert "ZeroDivisionError" in study.text(f"logs/evaluate/{VICTIM}/none/noting/eps0.1.log")
    assert "warm_start/job.py" not in done.stdout


def test_a_group_on_a_cluster_has_a_starter_and_a_single_job_has_none(study):
    """As where an executor has one process on the cluster's machine work the group off."""

    outputs = re.findall(r"noting/eps([^/]+)-([0-9a-f]{10})\.csv", study.run("--dry-run"))
    digests = dict(outputs)

    def on_cluster(*eps):
        *place, seed = VICTIM.split("/")
        keys = ("corpus", "front_end", "network", "recipe")
        names = [f"{key}={value}" for key, value in zip(keys, place, strict=True)]
        names += [f"seed={seed.removeprefix('seed')}", "fold=", "defence=none", "attack=noting"]
        jobs = [f"evaluate:{','.join([*names, f'eps={e}', f'digest={digests[e]}'])}" for e in eps]
        mode = ["--mode", "remote", "--executor", "local", "--nolock", "--force"]
        study.run(*mode, "--target-jobs", *jobs, "--allowed-rules", "evaluate", cores=1)
        return [warm for _, _, warm in notes(study)]

    assert on_cluster("0.1", "0.2", "0.3") == [False, True, True]
    assert on_cluster("0.1") == [False]
