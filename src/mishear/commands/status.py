"""``mishear status``: how a study stands. Nothing is started, and no result is changed."""

import argparse
import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from mishear.commands.folder import base_config
from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.preflight.examined import use_declared_types
from mishear.runtime.file_hashes import HASHES, FileHashes
from mishear.runtime.job_logs import JobLog, State
from mishear.runtime.locks import ActiveRun, active_runs
from mishear.study.config_files import read_config
from mishear.study.identity import Store
from mishear.study.plan import Plan
from mishear.study.pruning import STATE
from mishear.study.standing import counts, logs_of_missing, results, standing_of_report

LOGS = Path("logs")
MOST = 10
"""Jobs of one kind that are listed."""

UNKNOWN = (
    "Not checked here: changes of code and settings given by --config ('snakemake -n' lists what "
    "they rerun), and jobs that ended before they opened a log (see .snakemake/log)."
)


def run(arguments: Sequence[str]) -> None:
    """Print how a study stands, see ``docs/running.md``.

    Raises
    ------
    UserError
        If the config is wrong, or there is none.
    """
    parser = argparse.ArgumentParser(prog="mishear status", description=__doc__)
    parser.add_argument(
        "--configfile", nargs="+", default=[], metavar="FILE", help="as Snakemake's"
    )
    parser.add_argument("--directory", type=Path, help="the run's folder; unset: this one")
    given = parser.parse_args(arguments)
    files = [os.path.abspath(file) for file in given.configfile]
    if given.directory:
        try:
            os.chdir(given.directory)
        except OSError as error:
            raise UserError(f"{given.directory}: {error.strerror}. Name a folder.") from error
    # Only errors and what takes long.
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    for line in lines(files):
        print(line)


def lines(files: Sequence[str]) -> Iterator[str]:
    """Yield what is said of the study of a config in the working directory.

    Parameters
    ----------
    files
        What changes the base config.

    Raises
    ------
    UserError
        If the config is wrong, or there is none.
    """
    hashes = FileHashes(STATE / "mishear" / HASHES, say=_say)
    config = load(read_config(files, base_config()))
    unknown = use_declared_types(config)
    plan = Plan(config, hashes)
    study = plan.config.study.name
    store = Store(plan)
    runs = active_runs(STATE)
    found = results(store)
    there, all_of_them = (sum(each) for each in zip(*counts(found).values(), strict=True))
    yield f"Study {study}: {there:,} of {all_of_them:,} results exist."
    for stage, (done, total) in counts(found).items():
        yield f"  {stage:12}{done:>6,} of {total:,}"
    yield from map(_run, runs)
    if not runs:
        yield "No run is active in this folder."
    yield from _jobs(list(logs_of_missing(found, study, LOGS)), runs)
    yield f"Report: {standing_of_report(store)}"
    yield from unknown
    yield UNKNOWN


def _run(found: ActiveRun) -> str:
    doubt = "" if found.is_here else "; this machine cannot see whether it is still alive"
    return f"A run started at {_moment(found.since)}: {found.description}{doubt}."


def _jobs(logs: Sequence[JobLog], runs: Sequence[ActiveRun]) -> Iterator[str]:
    """Yield the lines on jobs that are running, have failed or were broken off."""
    begun = min((found.since for found in runs), default=float("inf"))
    opened = [each for each in logs if each.state == State.OPEN]
    running = [each for each in opened if each.changed >= begun]
    killed = [each for each in opened if each.changed < begun]
    broken = [each for each in logs if each.state == State.BROKEN_OFF]
    failed = [each for each in logs if each.state == State.FAILED]
    yield from _listed("Running", running)
    yield from _listed("Failed", failed)
    yield from _listed("Interrupted, or killed from outside", [*broken, *killed])


def _listed(title: str, logs: Sequence[JobLog]) -> Iterator[str]:
    if not logs:
        return
    yield f"{title} ({len(logs)}):"
    for each in sorted(logs, key=lambda log: -log.changed)[:MOST]:
        yield f"  {each.path}, {_moment(each.changed)}"
        if each.line:
            yield f"    {each.line}"
    if len(logs) > MOST:
        yield f"  and {len(logs) - MOST} more"


def _moment(seconds: float) -> str:
    is_today = time.strftime("%F", time.localtime(seconds)) == time.strftime("%F")
    return time.strftime("%H:%M:%S" if is_today else "%F %H:%M", time.localtime(seconds))


def _say(text: str) -> None:
    print(text, file=sys.stderr)
