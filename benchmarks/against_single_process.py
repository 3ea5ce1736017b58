"""The workflow and the single process on the same study, in turn, and the ratio of their times.

    python benchmarks/against_single_process.py config/fsdd.yaml
    python benchmarks/against_single_process.py --config 'corpora={espeak: {repetitions: 50}}'

Both start from nothing and end with the same ``summary.csv`` and ``checks.csv``. The columns in
which the two differ and the largest difference of an accuracy are printed with the times; with
``--threads 1`` no column but ``seconds`` differs. The workflow also draws its figures and writes
its report, the single process does not.
"""

import argparse
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PARTS = ["Snakefile", "workflow", "src", "config", "profiles", "envs"]
IGNORED = shutil.ignore_patterns("*.egg-info")


def copy_project(folder: Path) -> None:
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=IGNORED)
        else:
            shutil.copy2(ROOT / part, folder / part)


def timed(command: list[str], folder: Path) -> float:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    print(done.stdout if "single_process.py" in command[1] else "", end="")
    return time.perf_counter() - start


def pairs(first: Path, second: Path) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Read two tables that have the same rows."""
    tables = [list(csv.DictReader(path.open())) for path in (first, second)]
    return list(zip(*tables, strict=True))


def differing(first: Path, second: Path) -> list[str]:
    """Return the columns but ``seconds`` in which two tables differ."""
    differ = {
        column: None
        for one, other in pairs(first, second)
        for column in one
        if one[column] != other[column]
    }
    return [column for column in differ if column != "seconds"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("configs", nargs="*", help="config files on top of config/config.yaml")
    parser.add_argument("--config", action="append", default=[], help="as Snakemake's --config")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--threads", type=int, help="of the single process; default: --cores")
    parser.add_argument("--keep", type=Path, help="new folder to run in, kept afterwards")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch) / "project"
        folder.mkdir(parents=True)
        copy_project(folder)
        overrides = folder / "config" / "overrides.yaml"
        given = dict(item.split("=", 1) for item in arguments.config)
        overrides.write_text(yaml.safe_dump({k: yaml.safe_load(v) for k, v in given.items()}))
        configs = ["config/config.yaml", *arguments.configs, "config/overrides.yaml"]
        name = [yaml.safe_load((folder / c).read_text()).get("study", {}) for c in configs]
        study = [section["name"] for section in name if "name" in section][-1]

        threads = str(arguments.threads or arguments.cores)
        script = str(ROOT / "benchmarks" / "single_process.py")
        alone = timed([sys.executable, script, "alone", *configs, "--threads", threads], folder)
        command = [sys.executable, "-m", "snakemake", "--cores", str(arguments.cores)]
        workflow = timed([*command, "--configfile", *configs], folder)
        again = timed([*command, "--configfile", *configs], folder)
        dry = timed([*command, "--configfile", *configs, "--dry-run", "--forceall"], folder)
        reports, tables = folder / "results" / "reports" / study, ("summary.csv", "checks.csv")
        differ = {name: differing(reports / name, folder / "alone" / name) for name in tables}
        summaries = pairs(reports / "summary.csv", folder / "alone" / "summary.csv")
        difference = max(abs(float(a["accuracy"]) - float(b["accuracy"])) for a, b in summaries)
    print(f"single process, {threads} threads   {alone:8.1f} s")
    print(f"workflow, {arguments.cores} cores           {workflow:8.1f} s")
    print(f"ratio                       {workflow / alone:8.2f}")
    print(f"a run with nothing to do    {again:8.1f} s")
    print(f"a dry run of all            {dry:8.1f} s")
    for name, columns in differ.items():
        print(f"columns of {name} that differ: {', '.join(columns) or 'none'}")
    print(f"largest difference of an accuracy: {difference:.4f}")


if __name__ == "__main__":
    main()
