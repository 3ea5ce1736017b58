"""Measure the reference costs, from which ``snakemake -n`` estimates how long a study takes.

    python benchmarks/costs.py --cores 2 --output src/mishear/study/costs.json
    python benchmarks/costs.py --folder FOLDER    # again, or after an interruption
    python benchmarks/costs.py --configs .test/config/config.yaml --output FILE --add

The study of ``costs.yaml`` runs in a folder. What each job cost is the processor time at the end
of its log, plus what its start takes; so other programs on the machine disturb little. Run it on a
machine without a GPU: the reference is one of a CPU.
"""

import argparse
import json
import platform
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

from mishear.config.loading import load
from mishear.study.config_files import read_config
from mishear.study.costs import VARIANTS, Costs

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = [ROOT / "config/config.yaml", ROOT / "benchmarks/costs.yaml"]
START = 0.3
"""Seconds between a job's start and its script's, and to note its end: ``evaluation_job.py``."""

_JOB = re.compile(r"^(?:local)?rule (?P<rule>\w+):\n(?P<about>(?: {4}.+\n)+)", re.MULTILINE)
_KEY = re.compile(r"^ {4}(log|wildcards): (.+)$", re.MULTILINE)
_END = re.compile(r"used \d+ MB of memory.*, (\d+\.\d+) s of processors$", re.MULTILINE)


def snakemake(folder: Path, configs: list[Path], *options: str) -> str:
    """Run Snakemake in a folder; what it prints."""
    command = [sys.executable, "-m", "snakemake", "--directory", str(folder), *options]
    command += ["--snakefile", str(ROOT / "workflow/Snakefile"), "--configfile", *map(str, configs)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(done.stdout[-5000:])
    return done.stdout


def measured(costs: Costs, folder: Path, plan: str) -> Iterator[tuple[str, float, int | None]]:
    """Yield for each job of a plan that has run its keys, what it cost, and its steps."""
    for job in _JOB.finditer(plan):
        about = dict(_KEY.findall(job["about"]))
        log = folder / about.get("log", "none")
        names = dict(each.split("=", 1) for each in about.get("wildcards", "").split(", ") if each)
        if log.is_file() and (end := _END.search(log.read_text())):
            seconds, steps = START + float(end[1]), costs.steps(job["rule"], names)
            rule = VARIANTS.get(job["rule"], job["rule"])
            yield rule, seconds, steps
            # What a defence adds is as different as defences are.
            is_plain = names.get("defence", "none") == "none"
            if is_plain and (worker := costs.worker(names)):
                yield f"{rule} {worker}", seconds, steps


def means(jobs: Iterator[tuple[str, float, int | None]]) -> dict[str, dict[str, float]]:
    """Return the mean cost of each key, and the mean of its steps, if all of its jobs have some."""
    found = defaultdict(list)
    for key, seconds, steps in jobs:
        found[key].append((seconds, steps))
    table = {}
    for key, each in sorted(found.items()):
        table[key] = {"seconds": round(fmean(seconds for seconds, _ in each), 2)}
        if None not in (steps := [count for _, count in each]):
            table[key]["steps"] = round(fmean(steps), 1)
    return table


def main() -> None:
    """Run the study, and write its costs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the study runs; unset: a new one")
    parser.add_argument("--configs", type=Path, nargs="+", default=CONFIGS, help="other studies")
    parser.add_argument("--output", type=Path, help="unset: print them")
    parser.add_argument("--add", action="store_true", help="keep what the output has already")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp())
    snakemake(folder, given.configs, "--cores", str(given.cores), "--quiet")
    plan = snakemake(folder, given.configs, "--dry-run", "--forceall")
    base, *others = map(str, given.configs)
    table = means(measured(Costs(load(read_config(others, base)), folder), folder, plan))
    about = f"{_processor()}, one core, Python {platform.python_version()}"
    if given.add:
        table |= json.loads(given.output.read_text())["costs"]
    text = json.dumps({"measured": about, "costs": table}, indent=1, sort_keys=True) + "\n"
    if given.output:
        given.output.write_text(text)
    else:
        print(text, end="")


def _processor() -> str:
    found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()


if __name__ == "__main__":
    main()
