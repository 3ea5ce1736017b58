"""Time and memory as a study grows: in recordings, and in evaluations.

    python benchmarks/scale.py
    python benchmarks/scale.py --recordings 3000 10200 --evaluations 1000
    python benchmarks/scale.py --speakers 6 --recordings 120 --evaluations 30

Recordings: the workflow runs on a synthesised corpus of each size, from nothing to the report,
with the standard recipe and three evaluations, whose test recordings grow with the corpus. The
table says how many CPU seconds each stage's jobs took in all, for 1,000 recordings, and the most
memory that one of them held: resident, with its child processes, looked at ten times a second.
Linear time shows as the same seconds in every column, bounded memory as the same MiB. The jobs
start cold, so their seconds include the imports.

Evaluations: no job runs. Snakemake plans a study of each size, and then looks for something to do
in a folder where all of it is done: ``snakemake --touch`` records every job as done, and empty
files stand for the results.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import psutil
import yaml
from against_single_process import ROOT, copy_project

SCRIPT = re.compile(r"\S*/\.snakemake/scripts/tmp\w+\.(?P<name>\w+)\.py")
WORDS = 10
ATTACKS = ("fgsm", "pgd-paper", "pgd")
SEEDS = 10
MEBIBYTE = 2**20


@dataclass
class Job:
    """What was seen of one job's process; ``seconds`` are those of the CPU."""

    stage: str
    seconds: float = 0.0
    peak: int = 0


@dataclass
class Run:
    """One run of Snakemake and its jobs; ``peak`` is that of Snakemake itself."""

    seconds: float
    cpu_seconds: float
    peak: int
    output: str
    jobs: list[Job]


def run(folder: Path, *options: str, cores: int = 2) -> Run:
    """Run Snakemake in a copy of the project and watch its processes."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores), *options]
    # Cold starts: of a forked job one cannot see from outside which script it runs.
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "MISHEAR_WARM_START": "0"}
    jobs: dict[psutil.Process, Job] = {}
    peak, cpu_seconds, start = 0, 0.0, time.perf_counter()
    with tempfile.TemporaryFile("w+") as file:
        streams = {"stdout": file, "stderr": subprocess.STDOUT}
        snakemake = psutil.Popen(command, cwd=folder, env=environment, **streams)
        while snakemake.poll() is None:
            try:
                peak = max(peak, snakemake.memory_info().rss)
                cpu_seconds = snakemake.cpu_times().user
                look_at_jobs(snakemake, jobs)
            except psutil.NoSuchProcess:
                pass
            time.sleep(0.1)
        seconds = time.perf_counter() - start
        file.seek(0)
        output = file.read()
    if snakemake.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{output[-3000:]}")
    return Run(seconds, cpu_seconds, peak, output, list(jobs.values()))


def look_at_jobs(snakemake: psutil.Process, jobs: dict[psutil.Process, Job]) -> None:
    """Bring what is known of the running jobs up to date."""
    for process in snakemake.children(recursive=True):
        try:
            if process not in jobs:
                stage = stage_of(process.cmdline())
                if stage is None:
                    continue
                jobs[process] = Job(stage)
            job = jobs[process]
            job.seconds = sum(process.cpu_times()[:4])
            job.peak = max(job.peak, resident(process))
        except psutil.NoSuchProcess:
            continue


def stage_of(arguments: Sequence[str]) -> str | None:
    """Return the script that a process runs for Snakemake; all that draw count as one."""
    for argument in arguments:
        if match := SCRIPT.fullmatch(argument):
            name = match["name"]
            return "figures" if name.startswith("draw_") else name
    return None


def resident(process: psutil.Process) -> int:
    """Bytes that a process and its children hold in memory."""
    total = process.memory_info().rss
    for child in process.children(recursive=True):
        try:
            total += child.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def prepare(folder: Path, config: dict) -> list[str]:
    """Copy the project; returns Snakemake's options for a config on top of the default one."""
    folder.mkdir()
    copy_project(folder)
    (folder / "config" / "scale.yaml").write_text(yaml.safe_dump(config))
    return ["--configfile", "config/config.yaml", "config/scale.yaml"]


def run_corpus(folder: Path, recordings: int, speakers: int, cores: int) -> Run:
    """Run the whole workflow on a corpus of a size."""
    study = {"name": "scale", "recipes": ["standard"], "attacks": list(ATTACKS), "seeds": [0]}
    repetitions = recordings // (WORDS * speakers)
    config = {
        "study": study,
        "corpora": {"espeak": {"speakers": speakers, "repetitions": repetitions}},
        "attacks": {attack: {"eps": [0.5]} for attack in ATTACKS},
    }
    return run(folder, *prepare(folder, config), cores=cores)


def recordings_table(runs: dict[int, Run]) -> str:
    """CPU seconds for 1,000 recordings, and largest memory of a job, for each stage and size."""
    stages = dict.fromkeys(job.stage for found in runs.values() for job in found.jobs)
    heads = [f"{size:,}: CPU s per 1,000 | MiB" for size in runs]
    lines = [row("stage", *heads), row("---", *["---: | ---:"] * len(runs))]
    for stage in stages:
        cells = []
        for size, found in runs.items():
            jobs = [job for job in found.jobs if job.stage == stage]
            cells.append(measured(size, sum(job.seconds for job in jobs), jobs))
        lines.append(row(stage, *cells))
    whole = [measured(size, found.seconds, [found]) for size, found in runs.items()]
    return "\n".join([*lines, row("the whole run, by the clock; Snakemake itself", *whole)])


def measured(recordings: int, seconds: float, processes: Iterable[Job | Run]) -> str:
    """Two cells."""
    peak = max((process.peak for process in processes), default=0)
    return f"{seconds * 1000 / recordings:.2f} | {peak / MEBIBYTE:,.0f}"


def evaluations_config(evaluations: int) -> dict:
    """Return a study with at least so many evaluations: all attacks and seeds at many eps."""
    eps = [index / 1000 for index in range(1, ceil(evaluations / len(ATTACKS) / SEEDS) + 1)]
    return {
        "study": {
            "name": "scale",
            "recipes": ["standard"],
            "attacks": list(ATTACKS),
            "seeds": list(range(SEEDS)),
        },
        "attacks": {attack: {"eps": eps} for attack in ATTACKS},
    }


def plan_and_look_again(folder: Path, evaluations: int) -> tuple[Run, Run]:
    """Plan a study, and run it when there is nothing to do."""
    options = prepare(folder, evaluations_config(evaluations))
    # The first run ever in a folder also checks the classes that the config names.
    summary = run(folder, *options, "--summary").output
    planned = run(folder, *options, "--dry-run", "--quiet")
    # Before there are files: `--touch` waits a tenth of a second for each that it finds.
    run(folder, *options, "--touch", "--quiet")
    make_empty_results(folder, summary)
    again = run(folder, *options, "--quiet")
    if "Nothing to be done" not in again.output:
        sys.exit(f"There was something to do:\n{again.output[-3000:]}")
    return planned, again


def make_empty_results(folder: Path, summary: str) -> None:
    """Make all files that Snakemake's summary lists, empty and of the same age."""
    paths = [line.partition("\t")[0] for line in summary.splitlines()]
    for path in (folder / path for path in paths if path.startswith("results/")):
        # Of the folder of recordings Snakemake looks at the age of this file.
        file = path / ".snakemake_timestamp" if path.name == "recordings" else path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        os.utime(file, (0, 0))


def evaluations_table(runs: dict[int, tuple[Run, Run]]) -> str:
    """Seconds of CPU and of the clock, and memory, of Snakemake without a job to run."""
    columns = ["CPU s", "s", "MiB"]
    heads = [f"{what}: {column}" for what in ("plan", "nothing to do") for column in columns]
    lines = [row("evaluations", *heads), row("---:", *["---:"] * len(heads))]
    for evaluations, pair in runs.items():
        cells = [
            cell
            for found in pair
            for cell in (
                f"{found.cpu_seconds:.1f}",
                f"{found.seconds:.1f}",
                f"{found.peak / MEBIBYTE:.0f}",
            )
        ]
        lines.append(row(f"{evaluations:,}", *cells))
    return "\n".join(lines)


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--recordings",
        type=int,
        nargs="*",
        default=[3000, 10200, 30000],
        help="sizes of the corpus; multiples of ten times --speakers",
    )
    parser.add_argument(
        "--evaluations",
        type=int,
        nargs="*",
        default=[1000, 3000, 10000],
        help="sizes of the study that is planned",
    )
    parser.add_argument("--speakers", type=int, default=60, help="of the corpus")
    parser.add_argument("--cores", type=int, default=2)
    arguments = parser.parse_args()
    once = WORDS * arguments.speakers
    if any(size % once for size in arguments.recordings):
        parser.error(f"--recordings: give multiples of {once}, ten words of each speaker")
    with tempfile.TemporaryDirectory() as scratch:
        corpora = {
            size: run_corpus(
                Path(scratch) / f"recordings{size}", size, arguments.speakers, arguments.cores
            )
            for size in arguments.recordings
        }
        if corpora:
            print(recordings_table(corpora), flush=True)
        plans = {
            size: plan_and_look_again(Path(scratch) / f"evaluations{size}", size)
            for size in arguments.evaluations
        }
        if plans:
            print(f"\n{evaluations_table(plans)}")


if __name__ == "__main__":
    main()
