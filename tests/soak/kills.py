"""Runs that are struck at random moments: the same command goes on and ends in the same numbers."""

import csv
import os
import random
import resource
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.projects import Project, new_project
from tests.soak.guarding import ACCEPTED, DIED, HANG, TRACEBACK, WRONG, Outcome
from tests.soak.study import EVERY_RULE
from tests.workflow.test_interruption import (
    all_of,
    ends_within,
    jobs_of,
    kill_all,
    printed,
    processes_of,
    start,
    starters_of,
)

LONGEST_RUN = 1800
"""Seconds after which a run that nobody strikes counts as a hang."""


def _send(signal_: int, targets: Callable) -> Callable:
    def strike(process, draw: random.Random) -> None:
        found = targets(process)
        if signal_ == signal.SIGKILL:
            kill_all(found)
        for each in found if signal_ != signal.SIGKILL else []:
            os.kill(each, signal_)

    return strike


def _limit(what: int, most: Callable[[int], int]) -> Callable:
    """Return what bounds a resource of the running jobs, as a full disk or memory would."""

    def strike(process, draw: random.Random) -> None:
        for each in jobs_of(process):
            resident = int(Path(f"/proc/{each}/statm").read_text().split()[0])
            value = most(resident * resource.getpagesize())
            resource.prlimit(each, what, (value, resource.prlimit(each, what)[1]))

    return strike


STRIKES: dict[str, Callable] = {
    "kill Snakemake": _send(signal.SIGKILL, lambda process: [process.pid]),
    "kill the starter": _send(signal.SIGKILL, starters_of),
    "kill a job": _send(signal.SIGKILL, lambda process: jobs_of(process)[:1]),
    "kill all": _send(signal.SIGKILL, all_of),
    "interrupt": _send(signal.SIGINT, lambda process: [process.pid]),
    "terminate": _send(signal.SIGTERM, lambda process: [process.pid]),
    "no memory": _limit(resource.RLIMIT_AS, lambda resident: resident),
    "no disk": _limit(resource.RLIMIT_FSIZE, lambda resident: 1000),
}
SELDOM_WHOLE = ("no memory", "no disk")
"""After these a traceback of Snakemake's or of a library may be all that is left to say."""

STARTED = "Using workflow specific profile"
"""What Snakemake says first. Before it, Ctrl-C is met by Python's own traceback."""


def tables(project: Project) -> dict[str, list[dict[str, str]]]:
    """Return the rows of every table of the report, without the seconds they took."""
    found = {}
    for path in sorted(project.folder.glob("results/reports/**/*.csv")):
        with path.open(newline="") as file:
            found[path.name] = list(csv.DictReader(file))
        for row in found[path.name]:
            row.pop("seconds", None)
    return found


def differences(found: dict[str, list[dict]], wanted: dict[str, list[dict]]) -> list[str]:
    """Name the first cell of each table that is not as wanted."""
    said = []
    for name, rows in wanted.items():
        others = found.get(name)
        if others is None or len(others) != len(rows):
            said.append(f"{name}: {others and len(others)} rows, not {len(rows)}")
            continue
        for number, (row, other) in enumerate(zip(rows, others, strict=True)):
            if row != other:
                column = next(key for key in row if row[key] != other.get(key))
                said.append(
                    f"{name}, row {number}: {column} {other.get(column)}, not {row[column]}"
                )
                break
    return said


def strikes(folder: Path, seed: int, count: int) -> Iterator[Outcome]:
    """Strike runs of a study until there were so many strikes.

    The reference is a run that nobody struck. Whenever a struck run is complete its tables are
    compared with the reference's, and it begins anew.
    """
    reference = new_project(folder / "reference", EVERY_RULE)
    begin = time.monotonic()
    reference.run()
    usual, wanted = time.monotonic() - begin, tables(reference)
    draw, number, struck = random.Random(f"kills {seed}"), 0, None
    while number < count:
        if struck is None:
            struck = new_project(folder / "struck", EVERY_RULE)
        outcome, complete = _strike(struck, draw, number, usual)
        yield outcome
        number += 1
        if complete or number == count:
            yield _completed(struck, wanted, number)
            shutil.rmtree(struck.folder)
            struck = None


def _strike(
    project: Project, draw: random.Random, number: int, usual: float
) -> tuple[Outcome, bool]:
    """Start the run, strike it at a random moment and wait until it is gone."""
    name = draw.choice(sorted(STRIKES))
    # Most moments are early, so that one run is struck many times.
    moment = usual * draw.random() ** 2 / 2
    begin = time.monotonic()
    process = start(project)
    while process.poll() is None and time.monotonic() - begin < moment:
        time.sleep(0.05)
    complete = process.poll() == 0
    verdict, said = ACCEPTED, f"{name} after {moment:.1f} s"
    if process.poll() is None:
        try:
            STRIKES[name](process, draw)
        except (ProcessLookupError, FileNotFoundError):
            said += " (too late)"
    if process.poll() is None:
        time.sleep(draw.uniform(0, 2))
        process.kill()
    process.wait()
    if not ends_within(20, process):
        verdict, said = HANG, f"{said}: outlive their Snakemake: {processes_of(process)}"
        kill_all(processes_of(process))
    elif _has_traceback(printed(project)) and name not in SELDOM_WHOLE:
        verdict, said = TRACEBACK, f"{said}\n{printed(project)[-3000:]}"
    return Outcome("kills", number, verdict, said, time.monotonic() - begin), complete


def _has_traceback(said: str) -> bool:
    return STARTED in said and "Traceback" in said


def _completed(project: Project, wanted: dict[str, list[dict]], number: int) -> Outcome:
    """Complete the run and compare its tables."""
    begin = time.monotonic()
    done = project.snakemake()
    verdict, said = ACCEPTED, "completed with the same tables"
    if done.returncode:
        verdict, said = DIED, done.stdout[-3000:]
    elif other := differences(tables(project), wanted):
        verdict, said = WRONG, f"other numbers: {other}"
    elif left := [str(path) for path in project.folder.glob("results/**/*.partial*")]:
        verdict, said = WRONG, f"left behind: {left}"
    return Outcome("kills", number, verdict, said, time.monotonic() - begin)
