"""Follow the jobs of a run: note how long each takes, or say how long all of them will take."""

import atexit
import logging
import time
from collections.abc import Callable
from typing import Any

from snakemake_interface_logger_plugins.common import LogEvent

from mishear.study.costs import Costs
from mishear.study.estimate import Estimate, PlannedJob, estimate
from snakemake_logger_plugin_mishear.remaining import duration

SAVED_AFTER = 30
"""Seconds after which what was measured is kept, should the run be killed."""


class JobTimes(logging.Handler):
    """Listen to what Snakemake logs about its jobs.

    A run notes how long its jobs take. A dry run says how long they will take.

    Parameters
    ----------
    workflow
        Snakemake's. What it is asked to do is not known yet while the rules are read.
    costs
        What is known of the costs of jobs.
    rename
        Returns the name of a rule, as a workflow may give it to those of a module.
    say
        Takes the estimate.
    """

    def __init__(
        self,
        workflow: Any,
        costs: Costs,
        rename: Callable[[str], str],
        say: Callable[[str], object],
    ) -> None:
        super().__init__(logging.INFO)
        self.workflow = workflow
        self.costs = costs
        self.rules = {rename(rule): rule for rule in costs.rules}
        self.say = say
        self.planned: list[PlannedJob] = []
        self.begun: dict[int, tuple[PlannedJob, float]] = {}
        self.saved: float | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Note a job's begin or end, or say the estimate below the table of a dry run's jobs."""
        about = vars(record)
        follow = {
            LogEvent.JOB_INFO: self._job,
            LogEvent.JOB_FINISHED: self._job_finished,
            LogEvent.RUN_INFO: self._run,
        }.get(about.get("event"))
        if follow is None:
            return
        try:
            follow(about)
        except Exception:
            self.handleError(record)

    def _job(self, about: dict[str, Any]) -> None:
        job = PlannedJob(
            rule=self.rules.get(about["rule_name"], about["rule_name"]),
            names=dict(about["wildcards"] or {}),
            threads=about["threads"],
            gpu=about["resources"].get("gpu", 0),
            inputs=list(map(_path, about["input"])),
            outputs=list(map(_path, about["output"])),
        )
        if self.workflow.dryrun:
            self.planned.append(job)
        elif not self.workflow.touch:
            self.begun[about["jobid"]] = (job, time.monotonic())

    def _job_finished(self, about: dict[str, Any]) -> None:
        now = time.monotonic()
        job, begun = self.begun.pop(about["job_id"], (None, now))
        if job is None:
            return
        self.costs.add(job.rule, job.names, (now - begun) * job.threads)
        if self.saved is None:
            atexit.register(self.costs.save)
        elif now < self.saved + SAVED_AFTER:
            return
        else:
            self.costs.save()
        self.saved = now

    def _run(self, about: dict[str, Any]) -> None:
        # A dry run lists its jobs between two tables.
        if self.planned:
            cores = self.workflow.cores or 1
            places = self.workflow.global_resources.get("gpu")
            gpus = getattr(places, "value", places)  # as the command line or a rule file gave it
            self.say(sentence(estimate(self.planned, self.costs, cores, gpus), cores))
            self.planned = []


def sentence(found: Estimate, cores: int) -> str:
    """Return an estimate as a person would say it, with what it is based on.

    Parameters
    ----------
    found
        The estimate.
    cores
        How many cores it is for.
    """
    sources = {
        "timed in earlier runs here": found.measured,
        "by reference costs": found.referred,
        "not counted": found.unknown,
    }
    basis = ", ".join(f"{count:,} {source}" for source, count in sources.items() if count)
    on = f"{cores} core{'' if cores == 1 else 's'}"
    return f"Rough estimate: about {duration(found.seconds)} on {on} (jobs: {basis})."


def _path(shown: str) -> str:
    """Return a path without the marks that Snakemake shows with it."""
    return shown.partition(" (")[0]
