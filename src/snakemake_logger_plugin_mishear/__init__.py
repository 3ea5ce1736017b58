"""Snakemake's ``--logger mishear``: one line for each job, with an estimate of what is left.

Snakemake finds this package by its name. What it leaves out is in ``.snakemake/log`` and in the
logs of the jobs.
"""

import logging
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_mishear.remaining import Remaining, duration

LONGEST_REASON = 100
"""Characters of the reason why a job runs."""

_SAID = ("Nothing to be done", "Complete log", "This was a dry-run")
"""How those of Snakemake's notes begin that are said; its warnings and errors all are."""

_REPEATED = ("RuleException", "Error in rule", "Exiting because a job", "WorkflowError:\nAt least")
"""How messages begin that repeat that a job has failed."""


class LogHandler(LogHandlerBase):
    """Write one line for each job to the terminal."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = False
    has_formatter = True
    needs_rulegraph = False

    def __post_init__(self) -> None:
        """Start without jobs."""
        self.jobs: dict[int, tuple[str, str, float]] = {}
        """The rule, the name and the begin of each job by Snakemake's number."""
        self.finished: list[str] = []
        self.failed: set[str] = set()
        self.remaining: Remaining | None = None
        self.is_dry = bool(getattr(self.common_settings, "dryrun", False))

    def emit(self, record: logging.LogRecord) -> None:
        """Write what there is to say about an event."""
        words = {
            LogEvent.RUN_INFO: self._run,
            LogEvent.JOB_INFO: self._job,
            LogEvent.JOB_FINISHED: self._job_finished,
            LogEvent.PROGRESS: self._progress,
            LogEvent.JOB_ERROR: self._job_error,
            None: _note,
        }
        about = vars(record)
        try:
            event = about.get("event")
            say = words.get(event, _note if record.levelno >= logging.WARNING else _nothing)
            for line in say(about):
                print(line, file=sys.stderr, flush=True)
        except Exception:
            self.handleError(record)

    def _run(self, about: Mapping[str, Any]) -> list[str]:
        if self.remaining is not None:
            return []
        jobs = {rule: count for rule, count in about["stats"].items() if rule != "total"}
        self.remaining = Remaining(jobs, time.monotonic())
        listing = ", ".join(f"{count} {rule}" for rule, count in jobs.items())
        total = sum(jobs.values())
        return [f"{total} job{'s' if total > 1 else ''}: {listing}"]

    def _job(self, about: Mapping[str, Any]) -> list[str]:
        name = _name(about)
        self.jobs[about["jobid"]] = (about["rule_name"], name, time.monotonic())
        return [f"{name}: {_shortened(about['reason'])}"] if self.is_dry else []

    def _job_finished(self, about: Mapping[str, Any]) -> list[str]:
        rule, name, begun = self.jobs.pop(about["job_id"], ("", "a job", time.monotonic()))
        seconds = time.monotonic() - begun
        self.finished.append(f"{name}, {duration(seconds)}")
        if self.remaining is not None:
            self.remaining.finish(rule, seconds)
        return []

    def _progress(self, about: Mapping[str, Any]) -> list[str]:
        """Return the lines of the jobs that have finished since the last one."""
        left = self.remaining.words(time.monotonic()) if self.remaining else ""
        count = f"{about['done']:,} of {about['total']:,}"
        lines = [f"{count}  {each}" for each in self.finished]
        self.finished = []
        return [*lines[:-1], *(f"{each}; {left}" if left else each for each in lines[-1:])]

    def _job_error(self, about: Mapping[str, Any]) -> list[str]:
        # Snakemake tells it again when the run ends.
        logs = list(map(str, about.get("log") or []))
        name = f"{about['rule_name']} {' '.join(logs)}"
        if name in self.failed:
            return []
        self.failed.add(name)
        # Every Snakemake of the environment imports this package, whatever its workflow.
        from mishear.runtime.job_logs import State, read_log

        found = [read_log(log) for log in logs if Path(log).is_file()]
        if any(each.state == State.BROKEN_OFF for each in found):
            return [f"INTERRUPTED  {name}"]
        reasons = [each.line for each in found if each.state == State.FAILED]
        return [f"FAILED  {name}", *(f"        {reason}" for reason in reasons)]


def _name(about: Mapping[str, Any]) -> str:
    """Return the rule of a job and its wildcards in the order of its paths, without the digest."""
    wildcards = {key: value for key, value in about["wildcards"].items() if key != "digest"}
    return f"{about['rule_name']} {'/'.join(map(str, filter(None, wildcards.values())))}".strip()


def _shortened(reason: Any) -> str:
    text = " ".join(str(reason).split())
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]} ..."


def _note(about: Mapping[str, Any]) -> list[str]:
    """Return a warning, an error or a note, unless it is Snakemake's about its own work."""
    text = str(about["msg"] or "")
    if not text or text.startswith(_REPEATED):
        return []
    is_own = "snakemake" in Path(about["pathname"]).parts
    if about["levelno"] < logging.WARNING and is_own and not text.startswith(_SAID):
        return []
    return [text]


def _nothing(about: Mapping[str, Any]) -> list[str]:
    return []
