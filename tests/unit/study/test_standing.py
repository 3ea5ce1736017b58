"""Which results of a study are there, and which logs are about the others."""

from pathlib import Path

import pytest

from mishear.config.loading import load
from mishear.study import paths
from mishear.study.identity import Store
from mishear.study.one_report import files_of_others
from mishear.study.places import PLACES
from mishear.study.plan import Plan
from mishear.study.standing import (
    STAGES,
    counts,
    logs_of_missing,
    results,
    standing_of_report,
)
from tests.unit.study.configs import DEFENCES, PLAIN, VICTIM, raw

ERROR = "2026-01-01 00:00:00,000 ERROR The disk is full.\n"


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Store(Plan(load(raw(PLAIN, defences=DEFENCES))))


def write(path, text=""):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


def test_every_kind_of_place_has_one_stage():
    kinds = [kind for kinds in STAGES.values() for kind in kinds]
    assert sorted(kinds) == sorted(PLACES)


def test_a_result_is_there_with_its_last_file(store):
    of_none = counts(results(store))
    assert {there for there, _ in of_none.values()} == {0}
    victim = next(each for each in results(store) if each.stage == "trainings")
    assert len(victim.files) > 1
    for number, path in enumerate(victim.files, start=1):
        write(path)
        there = counts(results(store))["trainings"][0]
        assert there == (number == len(victim.files))


def test_each_part_of_a_study_is_one_result(store):
    found = results(store)
    plan = store.plan
    count = {stage: total for stage, (_, total) in counts(found).items()}
    assert count["trainings"] == len(plan.config.study.seeds)
    assert count["evaluations"] >= len({each.results for each in plan.evaluations})
    every = [path for each in found for path in each.files]
    assert len(every) == len(set(every))


def test_logs_are_those_of_results_that_are_not_there(store):
    weights = store.path(paths.WEIGHTS.format(**VICTIM))
    name = weights.removeprefix("results/victims/").removesuffix("/victim.pt")
    mine = f"logs/train/{name}.log"
    others = [
        mine.replace("seed0", "seed77"),
        mine.replace("seed0-", "seed01-"),
        f"logs/train/{name[:-10]}0123456789.log",
        "logs/report/other/report.log",
    ]
    for path in (mine, "logs/report/s/report.log", *others):
        write(path, ERROR)

    def found():
        return {each.path: each.line for each in logs_of_missing(results(store), "s", Path("logs"))}

    assert found() == dict.fromkeys((mine, "logs/report/s/report.log"), "The disk is full.")
    for each in results(store):
        if each.stage == "trainings":
            for path in each.files:
                write(path)
    assert mine not in found()


def test_the_report_is_compared_with_its_inputs_and_its_config(store):
    assert "not written yet" in standing_of_report(store)
    report = "results/reports/s/report.html"
    write(report)
    assert "older than the config" in standing_of_report(store)
    files_of_others(store.plan, "", is_dry=False)
    write(report)
    assert "of its inputs do not" in standing_of_report(store)
