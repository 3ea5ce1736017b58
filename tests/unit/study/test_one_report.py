"""Files of a report that may be of another config are known by the moment it changed."""

import os
from pathlib import Path

import pytest

from mishear.config.split import Split
from mishear.study.one_report import files_of_others, moment_file
from mishear.study.plan import Plan
from tests.unit.study.configs import PLAIN, config

FILES = ["results/reports/s/figures/a/mel/net/accuracy.svg", "results/reports/s/summary.csv"]
FIRST, OTHER = config(PLAIN), config({"standard": {"epochs": 7}})


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(*files, age=0):
    """Write files, as jobs that ran some seconds after the moment of the config."""
    for file in files:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text("content")
        later = moment_file("s").stat().st_mtime + 1 - age
        os.utime(file, (later, later))


def outdated(found, is_dry=False):
    return sorted(files_of_others(Plan(found), "", is_dry))


def test_a_report_of_the_same_config_stays():
    assert outdated(FIRST) == []
    make(*FILES)
    assert outdated(FIRST) == outdated(FIRST, is_dry=True) == []
    assert outdated(FIRST.model_copy(update={"device": "cpu"})) == []


def test_a_report_of_another_config_is_made_again_until_each_file_is_newer():
    outdated(FIRST)
    make(*FILES)
    assert outdated(OTHER) == FILES
    make(FILES[0])
    make(FILES[1], age=9)
    assert outdated(OTHER) == [FILES[1]], "the run was killed between the two"
    assert outdated(FIRST) == FILES


def test_a_report_of_another_content_of_the_users_files_is_made_again(here):
    split = here / "split.csv"
    split.write_text("recording,split\n")
    found = config(PLAIN).model_copy(update={"split": Split(by="file", file="split.csv")})
    outdated(found)
    make(*FILES)
    split.touch()
    assert outdated(found) == []
    split.write_text("recording,split\na.wav,test\n")
    assert outdated(found) == FILES


def test_a_dry_run_keeps_no_moment():
    outdated(FIRST)
    make(*FILES)
    assert outdated(OTHER, is_dry=True) == outdated(OTHER, is_dry=True) == FILES
    assert outdated(FIRST) == []


def test_a_report_of_unknown_config_is_made_again():
    outdated(FIRST)
    make(*FILES)
    moment_file("s").unlink()
    assert outdated(FIRST) == FILES


def test_a_workflow_that_uses_this_one_has_its_own_moment(here):
    found = Plan(FIRST)
    assert files_of_others(found, "sub/", is_dry=False) == []
    assert moment_file("s", "sub/").is_file() and not (here / "results").exists()
