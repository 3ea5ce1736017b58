"""Changes to Snakemake from outside, for studies with thousands of jobs.

Each was measured to save time with the versions in :data:`TESTED`, and nothing depends on it: with
another version of Snakemake none is made and the log says so. ``tests/workflow`` has a test that
fails as soon as the installed version no longer needs one of them.
"""

import functools
import gc
import threading
from collections.abc import Callable
from dataclasses import dataclass

import snakemake
from snakemake import sourcecache
from snakemake.scheduling.job_scheduler import JobScheduler

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


CHANGES = (
    Change("one timer of the scheduler instead of one for each job", replace_timers),
    Change("cached parsing of script addresses", cache_parsing),
    Change("rarer garbage collection", collect_rarely),
)


def change_snakemake(
    log: Callable[[str], None] | None, version: str = snakemake.__version__
) -> None:
    """Make all changes where Snakemake is of a tested version; otherwise log that none is made.

    Parameters
    ----------
    log
        Takes the message; None to say nothing, as in processes that run a single job.
    version
        Snakemake's.
    """
    if version.split(".")[:2] == TESTED.split("."):
        for change in CHANGES:
            change.make()
    elif log is not None:
        names = ", ".join(change.name for change in CHANGES)
        log(
            f"Snakemake {version}: Mishear's changes to it are tested with {TESTED} only and not "
            f"made ({names}). Large studies take longer to plan and to run."
        )
