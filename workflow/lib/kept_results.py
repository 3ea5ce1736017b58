"""Name the results that a run keeps although other code or other libraries computed them."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from snakemake.common import NOTHING_TO_BE_DONE_MSG
from snakemake_interface_logger_plugins.common import LogEvent

from mishear.runtime.contents import Record, results_folder


class KeptResults(logging.Handler):
    """Compare the code of the jobs that do not run with that which computed their results.

    Snakemake does so by its own records, which do not go with a copy of the results, and not with
    ``--rerun-triggers mtime``.

    Parameters
    ----------
    workflow
        Snakemake's. Its plan is complete when Snakemake says how many jobs there are.
    warn
        Takes the warning.
    """

    def __init__(self, workflow: Any, warn: Callable[[str], object]) -> None:
        super().__init__(logging.INFO)
        self.workflow = workflow
        self.warn = warn
        self.is_done = False

    def emit(self, record: logging.LogRecord) -> None:
        """Warn once, as soon as the plan is complete."""
        is_planned = getattr(record, "event", None) == LogEvent.RUN_INFO
        if self.is_done or not (is_planned or record.msg == NOTHING_TO_BE_DONE_MSG):
            return
        self.is_done = True
        try:
            kept = [job for job in self.workflow.dag.jobs if not self.workflow.dag.needrun(job)]
            if found := {path: job for job in kept if (path := _of_other_code(job))}:
                self.warn(_warning(next(iter(found)), [job.rule.name for job in found.values()]))
        except Exception:
            self.handleError(record)


def _of_other_code(job: Any) -> str:
    """Return an output of a job that other code has computed; nothing if there is none."""
    code, outputs = job.params.get("code"), list(map(str, job.output))
    for path in outputs if code else ():
        if Path(path).is_relative_to(results_folder(outputs)):
            record = Record.read(Path(path))
            if record and record.code and record.code != code:
                return path
    return ""


def _warning(example: str, rules: list[str]) -> str:
    count = len(rules)
    were, them = ("result was", "it") if count == 1 else ("results were", "them")
    repeated = " ".join(sorted(set(rules)))
    return (
        f"{count} {were} computed with other code or other versions of libraries than today's, "
        f"such as {example}. Snakemake does not compute {them} again, because its own records of "
        f"{them} are not in this folder, as after a copy, or because --rerun-triggers leaves out "
        f"params. To compute {them} again, add: --forcerun {repeated}"
    )
