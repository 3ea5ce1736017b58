"""Changes to Snakemake from outside.

Most were measured to save time in studies with many jobs, with the versions in :data:`TESTED`. One
lets changes of the code repeat jobs that Snakemake passes over. With another version of Snakemake
none is made and the log says so. ``tests/workflow`` has a test that fails as soon as the installed
version no longer needs one of them.
"""

import functools
import gc
import itertools
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import snakemake
import snakemake.api  # first: modules of Snakemake import each other in a circle
from snakemake import sourcecache
from snakemake.dag import DAG
from snakemake.io import IOFile
from snakemake.persistence import PersistenceBase
from snakemake.scheduling.job_scheduler import JobScheduler
from snakemake.script import PythonScript
from snakemake.settings.enums import RerunTrigger

TESTED = "9.27"
"""Major and minor version of Snakemake that the changes were tested with."""


@dataclass(frozen=True)
class Change:
    """A change to Snakemake.

    Attributes
    ----------
    name : str
        Name in the log.
    make : callable
        Makes it, in this process.
    """

    name: str
    make: Callable[[], None]


def schedule_one_reevaluation(scheduler: JobScheduler, delay: float) -> None:
    """Let the scheduler look for jobs to start after ``delay`` seconds, unless it is due to anyway.

    Snakemake 9.27 starts one more timer for every job that has ended, and each starts the next, so
    that a run of 400 jobs spends a quarter of a core on looking.

    Parameters
    ----------
    scheduler
        Snakemake's; its attribute ``reevaluation_is_due`` is added here.
    delay
        Seconds.
    """
    if getattr(scheduler, "reevaluation_is_due", False):
        return
    scheduler.reevaluation_is_due = True

    def look() -> None:
        scheduler.reevaluation_is_due = False
        scheduler._open_jobs.release()

    threading.Timer(delay, look).start()


def replace_timers() -> None:
    """Replace the scheduler's timers by :func:`schedule_one_reevaluation`."""
    JobScheduler._schedule_reevalutation = schedule_one_reevaluation


def cache_parsing() -> None:
    """Cache the parsing of script addresses, which Snakemake parses anew for every job."""
    if not hasattr(sourcecache.parse_uri, "cache_info"):
        sourcecache.parse_uri = functools.cache(sourcecache.parse_uri)


def collect_rarely() -> None:
    """Collect garbage rarely: what Snakemake creates for a plan lives as long as the plan."""
    gc.set_threshold(100_000, 50, 1000)


def compare_by_any_output() -> None:
    """Let a job run again after a change though it has an output that was never made.

    Snakemake 9.27 compares the code and the parameters of a job only if it has a record of each of
    its outputs. It has none of those that a job makes since a change of the config, or of Mishear,
    and that no other job needs.
    """
    PersistenceBase.has_metadata = _has_metadata


def _has_metadata(persistence: PersistenceBase, job: Any) -> bool:
    known = (persistence.metadata(path) is not None for path in job.output)
    return not job.output or any(known)


def replace_interpreter(command: str, scripts: Path) -> None:
    """Start the workflow's own Python scripts by another command than the interpreter's path.

    Where Snakemake would start another interpreter, of a conda environment or a container, it
    does. So it does for scripts of other workflows that use this one as a module.

    Parameters
    ----------
    command
        For the shell.
    scripts
        Folder of the workflow's scripts.
    """
    execute = PythonScript._execute_cmd

    def execute_other(job: PythonScript, *arguments: Any, **given: Any) -> Any:
        path = job.path.get_path_or_uri(secret_free=True)
        if given.get("py_exec") == sys.executable and Path(path).resolve().is_relative_to(scripts):
            given["py_exec"] = command
        return execute(job, *arguments, **given)

    PythonScript._execute_cmd = execute_other


def change_targets(
    locate: Callable[[str], str],
    outdated: Callable[[bool], Iterable[str]],
    replaced: Iterable[str] = (),
) -> None:
    """Take files on the command line by other names than their paths, and make others again.

    Parameters
    ----------
    locate
        Returns the path of a file; that of a path is the path itself.
    outdated
        Returns files that are made again where Snakemake compares times only, or has no record of
        them. It is told whether the run makes nothing.
    replaced
        Files that are made again in any case.
    """
    create, init = DAG.__init__, DAG.init

    @functools.wraps(create)
    def create_changed(dag: DAG, workflow: Any, *arguments: Any, **given: Any) -> None:
        for key in ("targetfiles", "forcefiles", "priorityfiles", "untilfiles", "omitfiles"):
            given[key] = set(map(locate, given[key]))
        makes_something = workflow.executor_plugin is not None and not workflow.dryrun
        given["forcefiles"] |= set(replaced)
        dag.outdated = set(outdated(not makes_something))
        create(dag, workflow, *arguments, **given)

    @functools.wraps(init)
    def init_changed(dag: DAG, *arguments: Any, **given: Any) -> Any:
        compares = RerunTrigger.PARAMS in dag.workflow.dag_settings.rerun_triggers
        record = dag.workflow.persistence.metadata
        known = {path for path in dag.outdated if compares and record(IOFile(path)) is not None}
        dag.forcefiles |= dag.outdated - known
        return init(dag, *arguments, **given)

    DAG.__init__, DAG.init = create_changed, init_changed


def jobs_given(arguments: Sequence[str]) -> int:
    """Return how many jobs a Snakemake process on a cluster was told to do.

    Parameters
    ----------
    arguments
        Its command line. What Snakemake reads from it is not known yet while the rules are read.
    """
    if "--target-jobs" not in arguments:
        return 0
    following = arguments[arguments.index("--target-jobs") + 1 :]
    return len(list(itertools.takewhile(lambda each: not each.startswith("--"), following)))


CHANGES = (
    Change("one timer of the scheduler instead of one for each job", replace_timers),
    Change("cached parsing of script addresses", cache_parsing),
    Change("rarer garbage collection", collect_rarely),
    Change("reruns of jobs with an output that was never made", compare_by_any_output),
)


def change_snakemake(
    changes: Sequence[Change],
    log: Callable[[str], None] | None,
    version: str = snakemake.__version__,
) -> None:
    """Make changes where Snakemake is of a tested version; otherwise log that none is made.

    Parameters
    ----------
    changes
        Which.
    log
        Takes the message; None to say nothing, as in processes that run a single job.
    version
        Snakemake's.
    """
    if version.split(".")[:2] == TESTED.split("."):
        for change in changes:
            change.make()
    elif log is not None:
        names = ", ".join(change.name for change in changes)
        log(
            f"Snakemake {version}: Mishear's changes to it are tested with {TESTED} only and not "
            f"made ({names}). Large studies take longer to plan and to run, and a change of the "
            f"code may not be noticed."
        )
