"""What Snakemake logs about its jobs: their times are noted, or the estimate is said."""

import logging
from types import SimpleNamespace

import job_times
import pytest
from job_times import JobTimes, sentence
from snakemake_interface_logger_plugins.common import LogEvent

from mishear.study.estimate import Estimate


class Noted:
    """Costs that remember what was added, with a reference for one rule."""

    rules = ("train",)

    def __init__(self):
        self.added, self.saves = [], 0

    def add(self, rule, names, seconds):
        self.added.append((rule, names["seed"], seconds))

    def save(self):
        self.saves += 1

    def measured(self, rule, names):
        return None

    def referred(self, rule, names):
        return 6.0 if rule in self.rules else None


@pytest.fixture
def follow(monkeypatch):
    """Make a handler of a run or a dry run, and give events to it."""
    monkeypatch.setattr(job_times.atexit, "register", lambda function: None)

    def make(dry, touch=False, rename=lambda rule: rule):
        workflow = SimpleNamespace(dryrun=dry, touch=touch, cores=2, global_resources={})
        said, costs = [], Noted()
        handler = JobTimes(workflow, costs, rename, said.append)

        def tell(event, **about):
            record = logging.LogRecord("x", logging.INFO, "x", 1, "", (), None)
            vars(record).update(about, event=event)
            handler.emit(record)

        return tell, costs, said

    return make


def begin(tell, number, rule="train", threads=1, output="x (temp)"):
    tell(
        LogEvent.JOB_INFO,
        jobid=number,
        rule_name=rule,
        wildcards={"seed": str(number)},
        threads=threads,
        resources={},
        input=["given (ancient)"],
        output=[output] if output else [],
    )


def test_a_run_notes_the_core_seconds_of_jobs_that_finish(follow, monkeypatch):
    now = 100.0
    monkeypatch.setattr(job_times.time, "monotonic", lambda: now)
    tell, costs, said = follow(dry=False)
    begin(tell, 1, threads=2)
    begin(tell, 2)
    now = 103.0
    tell(LogEvent.JOB_FINISHED, job_id=1)
    assert costs.added == [("train", "1", 6.0)]
    tell(LogEvent.JOB_FINISHED, job_id=7)
    assert (costs.saves, len(costs.added)) == (0, 1)
    # A run that is killed has kept the times up to half a minute before.
    now = 140.0
    tell(LogEvent.JOB_FINISHED, job_id=2)
    assert (costs.saves, costs.added[1]) == (1, ("train", "2", 40.0))
    tell(LogEvent.RUN_INFO, stats={})
    assert said == []


def test_a_dry_run_says_the_estimate_once_after_its_jobs(follow):
    tell, costs, said = follow(dry=True, rename=lambda rule: f"mishear_{rule}")
    tell(LogEvent.RUN_INFO, stats={})
    assert said == []
    begin(tell, 1, rule="mishear_train", output="1")
    begin(tell, 2, rule="mishear_train", output="2")
    begin(tell, 3, rule="theirs", output="3")
    begin(tell, 4, rule="all", output="")
    tell(LogEvent.RUN_INFO, stats={})
    tell(LogEvent.RUN_INFO, stats={})
    assert said == [
        "Rough estimate: about 6 s on 2 cores (jobs: 2 by reference costs, 1 not counted)."
    ]
    assert costs.added == []


def test_touched_files_are_not_timed(follow):
    tell, costs, _ = follow(dry=False, touch=True)
    begin(tell, 1)
    tell(LogEvent.JOB_FINISHED, job_id=1)
    assert costs.added == []


def test_a_sentence_names_what_the_estimate_is_based_on():
    assert sentence(Estimate(351, measured=1250, referred=36), cores=1) == (
        "Rough estimate: about 6 min on 1 core (jobs: 1,250 timed in earlier runs here, 36 by "
        "reference costs)."
    )
