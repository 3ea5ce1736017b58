"""Runs that are struck at random moments: the same command goes on and ends in the same numbers.

Starting Snakemake takes longer than most jobs of a small study. Most runs are therefore struck
several times: those that Snakemake survives come first, while it repeats the jobs that were killed,
and one that ends it comes last. The next run begins with what is left on disk.
"""

import csv
import os
import random
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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


STARTER = "kill the starter"
ENDING: dict[str, Callable] = {
    "kill Snakemake": _send(signal.SIGKILL, lambda process: [process.pid]),
    "kill all": _send(signal.SIGKILL, all_of),
    "interrupt": _send(signal.SIGINT, lambda process: [process.pid]),
    "terminate": _send(signal.SIGTERM, lambda process: [process.pid]),
}
"""Strikes that end a run."""

KILLS: dict[str, Callable] = {
    "kill a job": _send(signal.SIGKILL, lambda process: jobs_of(process)[:1]),
    "kill all jobs": _send(signal.SIGKILL, jobs_of),
}
"""Strikes after which Snakemake repeats the jobs."""

LIMITS: dict[str, Callable] = {
    "no memory": _limit(resource.RLIMIT_AS, lambda resident: resident),
    "no disk": _limit(resource.RLIMIT_FSIZE, lambda resident: 1000),
}
"""After these a traceback of Snakemake's or of a library may be all that is left to say."""

STRIKES = ENDING | KILLS | LIMITS | {STARTER: _send(signal.SIGKILL, starters_of)}

ASKED = ("interrupt", "terminate")
"""After these a run ends by itself."""

REPEATING = ("--keep-going", "--retries", "30")
"""How Snakemake is told to repeat jobs that failed."""

PATIENCE = 600
"""Seconds in which a run must come to its next strike, on a machine with much else to do."""

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


@dataclass
class Struck:
    """A run that is struck.

    Attributes
    ----------
    project
        Where it runs.
    draw
        Kinds and moments of strikes are drawn from it.
    number
        Of the next strike.
    most
        Strikes at most.
    process
        Its Snakemake.
    bears_tracebacks
        Whether it was struck in a way that may leave a traceback.
    """

    project: Project
    draw: random.Random
    number: int
    most: int
    process: subprocess.Popen = field(init=False)
    bears_tracebacks: bool = False

    def outcomes(self) -> Iterator[Outcome]:
        """Start the run and strike it until it has ended."""
        often = self.draw.random() < 0.8
        lasting = LIMITS if self.draw.random() < 0.2 else KILLS
        self.bears_tracebacks = lasting is LIMITS
        names = self.draw.choices(sorted(lasting), k=self.draw.randint(1, 6) if often else 0)
        if often and self.draw.random() < 0.3:
            # All jobs that follow start cold.
            names.append(STARTER)
        last = [*ENDING] if often else [*ENDING, *lasting, STARTER]
        names = [*names, self.draw.choice(sorted(last))][-self.most :]
        self.process = start(self.project, *(REPEATING if often else ()))
        for position, name in enumerate(names):
            begin = time.monotonic()
            is_last = position == len(names) - 1
            verdict, said = self._strike(name, at_start=is_last and not often)
            if is_last or self.process.poll() is not None or verdict != ACCEPTED:
                verdict, said = self._end(name, verdict, said)
            yield Outcome("kills", self.number, verdict, said, time.monotonic() - begin)
            self.number += 1
            if self.process.poll() is not None:
                return

    @property
    def is_complete(self) -> bool:
        return self.process.poll() == 0

    def _strike(self, name: str, at_start: bool) -> tuple[str, str]:
        """Wait for a moment that is drawn from what is still to do, and strike."""
        jobs, delay = self.draw.choice([0, 0, 0, 1, 1, 2, 3]), self.draw.uniform(0, 1)
        said = f"{name} after {jobs} jobs and {delay:.2f} s"
        if at_start and jobs == 0:
            # While Snakemake itself starts.
            self._comes(lambda: False, 10 * delay)
            came = True
        else:
            wanted = self._finished() + jobs
            came = self._comes(lambda: self._finished() >= wanted and jobs_of(self.process))
            self._comes(lambda: False, delay)
            came = came and self._comes(lambda: jobs_of(self.process))
        if self.process.poll():
            return DIED, f"{said}: it failed by itself\n{printed(self.project)[-3000:]}"
        if self.process.poll() == 0:
            return ACCEPTED, f"{said} (too late)"
        if not came:
            return HANG, f"{said}: nothing happens in {PATIENCE} s\n{printed(self.project)[-3000:]}"
        at_work = sorted(map(_name_of, jobs_of(self.process)))
        try:
            STRIKES[name](self.process, self.draw)
        except (ProcessLookupError, FileNotFoundError):
            said += " (too late)"
        return ACCEPTED, f"{said}, at work: {', '.join(at_work) or 'nothing'}"

    def _comes(self, condition: Callable[[], object], seconds: float = PATIENCE) -> bool:
        """Wait until a condition holds, for so many seconds at most while the run lasts."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.03)
        return False

    def _finished(self) -> int:
        return printed(self.project).count("Finished jobid")

    def _end(self, name: str, verdict: str, said: str) -> tuple[str, str]:
        """Wait until a run is gone, which ends by itself or is killed, and look at what it said."""
        if name in ASKED and self.draw.random() < 0.5:
            try:
                self.process.wait(PATIENCE / 5)
            except subprocess.TimeoutExpired:
                verdict, said = HANG, f"{said}: goes on nevertheless"
        elif self.process.poll() is None:
            time.sleep(self.draw.uniform(0, 2))
        self.process.kill()
        self.process.wait()
        if not ends_within(PATIENCE / 10, self.process):
            left = processes_of(self.process)
            verdict, said = HANG, f"{said}: outlive their Snakemake: {left}"
            kill_all(left)
        elif _has_traceback(printed(self.project)) and not self.bears_tracebacks:
            verdict, said = TRACEBACK, f"{said}\n{printed(self.project)[-3000:]}"
        return verdict, said


def _name_of(process: int) -> str:
    """Return the name of the script that a job runs."""
    try:
        return (Path("/proc") / str(process) / "comm").read_text().strip()
    except OSError:
        return "gone"


def strikes(folder: Path, seed: int, first: int, count: int, end: float) -> Iterator[Outcome]:
    """Strike runs of a study until there were so many strikes.

    The reference is a run that nobody struck. Whenever a struck run is complete its tables are
    compared with the reference's, and it begins anew.

    Parameters
    ----------
    folder
        For the runs.
    seed, first
        A run is drawn from the seed and the number of its first strike.
    count
        Number of strikes.
    end
        When to stop in any case, on the clock :func:`time.monotonic`.
    """
    reference = new_project(folder / "reference", EVERY_RULE)
    reference.run(cold=True)
    wanted, number, last = tables(reference), first, first + count
    struck = reference.copy(folder / "struck")
    _begin_anew(struck)
    while number < last and time.monotonic() < end:
        draw = random.Random(f"kills {seed} {number}")
        run = Struck(struck, draw, number, most=last - number)
        for outcome in run.outcomes():
            number = outcome.number + 1
            yield outcome
        if run.is_complete:
            yield _completed(struck, wanted, number)
            _begin_anew(struck)
    yield _completed(struck, wanted, number)


def _begin_anew(project: Project) -> None:
    """Remove all results, and what Snakemake remembers of them."""
    for part in ("results", "logs", ".snakemake/metadata", ".snakemake/incomplete"):
        shutil.rmtree(project.folder / part, ignore_errors=True)


def _has_traceback(said: str) -> bool:
    return STARTED in said and "Traceback" in said


def _completed(project: Project, wanted: dict[str, list[dict]], number: int) -> Outcome:
    """Complete the run and compare its tables."""
    begin = time.monotonic()
    done = project.snakemake(cold=True)
    verdict, said = ACCEPTED, "completed with the same tables"
    if done.returncode:
        verdict, said = DIED, done.stdout[-3000:]
    elif other := differences(tables(project), wanted):
        verdict, said = WRONG, f"other numbers: {other}"
    elif left := [str(path) for path in project.folder.glob("results/**/*.partial*")]:
        verdict, said = WRONG, f"left behind: {left}"
    return Outcome("kills", number, verdict, said, time.monotonic() - begin)
