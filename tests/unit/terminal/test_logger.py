"""Snakemake's ``--logger mishear``: one line for each job, and what is left."""

import logging
import subprocess
import sys
from types import SimpleNamespace

import pytest
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.registry import LoggerPluginRegistry

import snakemake_logger_plugin_mishear as plugin
from snakemake_logger_plugin_mishear import LONGEST_REASON, LogHandler
from snakemake_logger_plugin_mishear.remaining import Remaining, duration

OWN = "/x/site-packages/snakemake/workflow.py"


@pytest.fixture
def say(capsys):
    """Give an event to the handler; what it writes."""
    handlers = {dry: LogHandler(SimpleNamespace(dryrun=dry), None) for dry in (False, True)}

    def write(event=None, dry=False, level=logging.INFO, text="", path=OWN, **about):
        record = logging.LogRecord("x", level, path, 1, text, (), None)
        vars(record).update(about, event=event)
        handlers[dry].emit(record)
        return capsys.readouterr().err.splitlines()

    return write


def begin(say, jobid=1, **given):
    about = {"jobid": jobid, "rule_name": "train", "reason": "Missing output"}
    wildcards = {"corpus": "a", "seed": "0", "fold": "", "digest": "0123456789"}
    return say(LogEvent.JOB_INFO, **about, wildcards=wildcards, **given)


def test_snakemake_finds_it():
    assert "mishear" in LoggerPluginRegistry().plugins


def test_a_job_is_one_line_when_it_has_finished(say, monkeypatch):
    now = 0
    monkeypatch.setattr(plugin, "time", SimpleNamespace(monotonic=lambda: now))
    counts = {"train": 2, "study": 1}
    assert say(LogEvent.RUN_INFO, stats=counts | {"total": 3}) == ["3 jobs: 2 train, 1 study"]
    assert begin(say) == []
    now = 90
    assert say(LogEvent.JOB_FINISHED, job_id=1) == []
    assert say(LogEvent.PROGRESS, done=1, total=3) == ["1 of 3  train a/0, 2 min; about 2 min left"]
    assert say(LogEvent.PROGRESS, done=1, total=3) == []


def test_a_dry_run_has_a_reason_of_one_line(say):
    assert begin(say, dry=True) == ["train a/0: Missing output"]
    about = {"jobid": 2, "rule_name": "report", "reason": "a\n" * 500, "wildcards": {}}
    (line,) = say(LogEvent.JOB_INFO, dry=True, **about)
    assert line.startswith("report: a a")
    assert len(line) < LONGEST_REASON + 20


def test_a_failed_job_is_told_once_with_its_error(say, tmp_path):
    log = tmp_path / "job.log"
    log.write_text("2026-01-01 00:00:00,000 ERROR The disk is full.\n")
    about = {"level": logging.ERROR, "rule_name": "train", "log": [str(log)]}
    first, second = say(LogEvent.JOB_ERROR, **about)
    assert str(log) in first
    assert second.strip() == "The disk is full."
    assert say(LogEvent.JOB_ERROR, **about) == []
    assert say(level=logging.ERROR, text="RuleException:\nCalledProcessError") == []


def test_an_interrupted_job_has_not_failed(say, tmp_path):
    log = tmp_path / "job.log"
    log.write_text("2026-01-01 00:00:00,000 INFO interrupted\n")
    about = {"level": logging.ERROR, "rule_name": "train", "log": [str(log)]}
    assert say(LogEvent.JOB_ERROR, **about) == [f"INTERRUPTED  train {log}"]


def test_warnings_and_notes_of_the_workflow_are_kept_and_those_of_snakemake_are_not(say):
    assert say(text="Building DAG of jobs...") == []
    assert say(LogEvent.SHELLCMD, text="rm x") == []
    assert say(text="Jobs start cold: ...", path="/x/workflow/rules/starts.smk") != []
    assert say(text="The config is wrong:\n  - x", level=logging.ERROR) == [
        "The config is wrong:",
        "  - x",
    ]


def test_what_is_left_counts_jobs_side_by_side():
    remaining = Remaining({"train": 2, "evaluate": 10}, begun=0)
    assert remaining.words(now=10) == ""
    remaining.finish("train", 100)
    assert remaining.words(now=100) == "more than 2 min left"
    remaining.finish("train", 100)
    remaining.finish("evaluate", 10)
    # 210 seconds of work in 105: two at a time, and nine evaluations are left.
    assert remaining.words(now=105) == "about 45 s left"
    for _ in range(9):
        remaining.finish("evaluate", 10)
    assert remaining.words(now=150) == ""


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "0 s"), (59, "59 s"), (150, "2 min"), (5400, "1.5 h")]
)
def test_durations(seconds, words):
    assert duration(seconds) == words


def test_other_workflows_do_not_import_mishear_with_it():
    code = "import sys, snakemake_logger_plugin_mishear; print('mishear' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
