"""A study on a GPU: agreement with the CPU, seconds, busy share, and memory that runs out.

    python benchmarks/gpu.py config/fsdd.yaml --archive free-spoken-digit-dataset-1.0.10.tar.gz

Needs no network if ``--archive`` gives the recordings. In a new folder:

1. the study on the CPU, from nothing to the summary;
2. its evaluations again with ``device: cuda`` on the same victims, with one, two and four jobs that
   share the GPU: seconds, busy share, and how many predictions differ from the CPU's;
3. the whole study from nothing with ``device: cuda``, twice: seconds of each stage, and whether the
   second run trains the same victims and has the same results;
4. an evaluation in a GPU whose memory another array fills: its batches are halved until they fit,
   and its predictions are compared with those that were not.

With ``--device cpu`` everything but the fourth part runs without a GPU, to test this script.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import yaml
from against_single_process import copy_project

from mishear.attacks.building import build_attack
from mishear.attacks.judging import Threat
from mishear.attacks.running import attack_batch
from mishear.core.errors import UserError
from mishear.defences.defended import DefendedVictim
from mishear.runtime.batching import in_batches
from mishear.runtime.devices import device_for
from mishear.training.building import prepared
from mishear.training.networks import PaperCNN

PREDICTIONS = ("clean_prediction", "adversarial_prediction")
MEBIBYTE = 2**20


@dataclass
class Gpu:
    """What the driver says of the GPU while something runs: shares of the time it was busy."""

    shares: list[float] = field(default_factory=list)
    peak: int = 0

    @contextmanager
    def watched(self) -> Iterator["Gpu"]:
        """Look at the GPU ten times a second."""
        import pynvml

        try:
            pynvml.nvmlInit()
            handle = pynvml.nvmlDeviceGetHandleByIndex(0)
        except pynvml.NVMLError:
            yield self
            return
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(0.1):
                self.shares.append(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu / 100)
                self.peak = max(self.peak, pynvml.nvmlDeviceGetMemoryInfo(handle).used)

        watch = threading.Thread(target=look)
        watch.start()
        try:
            yield self
        finally:
            ended.set()
            watch.join()
            pynvml.nvmlShutdown()

    @property
    def text(self) -> str:
        """The busy share and the most memory used."""
        if not self.shares:
            return "no GPU was watched"
        return f"busy {np.mean(self.shares):.0%}, at most {self.peak / MEBIBYTE:,.0f} MiB"


@dataclass(frozen=True)
class Study:
    """A copy of the project in which a study is run.

    Attributes
    ----------
    folder : Path
    configs : list of str
        Config files in it, the last of which is written here.
    cores : int
    """

    folder: Path
    configs: list[str]
    cores: int

    @property
    def name(self) -> str:
        sections = [yaml.safe_load((self.folder / each).read_text()) or {} for each in self.configs]
        return [each["study"]["name"] for each in sections if "name" in each.get("study", {})][-1]

    @property
    def summary(self) -> str:
        return f"results/reports/{self.name}/summary.csv"

    def run(self, settings: dict, *options: str) -> tuple[float, Gpu]:
        """Make the summary with settings on top of the config; its seconds, and the GPU."""
        (self.folder / self.configs[-1]).write_text(yaml.safe_dump(settings))
        command = [sys.executable, "-m", "snakemake", "--cores", str(self.cores), *options]
        command += ["--configfile", *self.configs, "--", self.summary]
        began = time.perf_counter()
        with Gpu().watched() as gpu:
            done = subprocess.run(
                command, cwd=self.folder, capture_output=True, text=True, check=False
            )
        if done.returncode:
            sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr[-6000:]}")
        return time.perf_counter() - began, gpu

    def copy(self, folder: Path) -> "Study":
        """Copy all but the evaluations."""
        ignored = shutil.ignore_patterns("evaluations", "reports", "checks", "*.log")
        shutil.copytree(self.folder, folder, ignore=ignored, symlinks=True)
        return Study(folder, self.configs, self.cores)

    def evaluations(self) -> dict[str, list[dict[str, str]]]:
        """The rows of every evaluation by its path."""
        root = self.folder / "results" / "evaluations"
        return {
            str(path.relative_to(root)): list(csv.DictReader(path.open()))
            for path in sorted(root.rglob("*.csv"))
        }

    def digests(self) -> dict[str, str]:
        """The hash of every victim's weights."""
        root = self.folder / "results" / "victims"
        return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*.sha256")}

    def stages(self) -> dict[str, list[float]]:
        """Seconds of each rule's jobs, as Snakemake recorded them."""
        seconds: dict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
        for path in (self.folder / ".snakemake" / "metadata").rglob("*"):
            record = json.loads(path.read_text()) if path.is_file() else {}
            if record.get("starttime") and record.get("endtime"):
                took = record["endtime"] - record["starttime"]
                seconds[record["rule"]][tuple(record["log"])] = took
        return {rule: list(jobs.values()) for rule, jobs in seconds.items()}


def describe(device: str) -> None:
    """Print what the numbers depend on."""
    print(f"torch {torch.__version__}, Python {sys.version.split()[0]}, {os.cpu_count()} CPU cores")
    if device == "cpu":
        print("device: cpu; no GPU was used")
        return
    import pynvml

    pynvml.nvmlInit()
    handle = pynvml.nvmlDeviceGetHandleByIndex(0)
    try:
        mig = "on" if pynvml.nvmlDeviceGetMigMode(handle)[0] else "off"
    except pynvml.NVMLError:
        mig = "not supported"
    memory = pynvml.nvmlDeviceGetMemoryInfo(handle).total / MEBIBYTE
    name, driver = pynvml.nvmlDeviceGetName(handle), pynvml.nvmlSystemGetDriverVersion()
    print(f"{name}, {memory:,.0f} MiB, driver {driver}, MIG {mig}")
    cuda = torch.backends.cuda.matmul.fp32_precision, torch.backends.cudnn.conv.fp32_precision
    print(f"CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}, float32 {cuda}")


def attack_of(path: str) -> str:
    """Return the attack's name in the path of an evaluation."""
    return Path(path).parent.name


def compare(ours: dict[str, list], theirs: dict[str, list]) -> str:
    """Say for each attack how many predictions differ, in a table."""
    if ours.keys() != theirs.keys():
        sys.exit(f"The evaluations are not the same: {sorted(ours.keys() ^ theirs.keys())}")
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    largest: dict[str, float] = defaultdict(float)
    for path, rows in ours.items():
        pairs = list(zip(rows, theirs[path], strict=True))
        found = counts[attack_of(path)]
        found[0] += 1
        found[1] += len(pairs)
        wrong = 0
        for number, column in enumerate(PREDICTIONS, 2):
            found[number] += sum(one[column] != other[column] for one, other in pairs)
        for one, other in pairs:
            wrong += (one["success"] == "1") - (other["success"] == "1")
        gap = abs(wrong) / len(pairs)
        largest[attack_of(path)] = max(largest[attack_of(path)], gap)
    lines = [
        "| attack | evaluations | predictions | clean differ | attacked differ "
        "| largest difference of a success rate |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, numbers in sorted(counts.items()):
        cells = " | ".join(f"{number:,}" for number in numbers)
        lines.append(f"| {name} | {cells} | {largest[name]:.4f} |")
    return "\n".join(lines)


def table_of_stages(first: Study, second: Study) -> str:
    """Seconds of all jobs of each rule in two runs of a study."""
    lines = ["| rule | jobs | CPU, s | GPU, s |", "|---|---:|---:|---:|"]
    ours, theirs = first.stages(), second.stages()
    for rule, jobs in sorted(ours.items(), key=lambda item: -sum(item[1])):
        other = theirs.get(rule, [])
        lines.append(f"| `{rule}` | {len(jobs)} | {sum(jobs):.1f} | {sum(other):.1f} |")
    return "\n".join(lines)


def same(first: Study, second: Study) -> str:
    """Say whether two runs trained the same victims and have the same predictions."""
    ours, theirs = first.digests(), second.digests()
    victims = sum(ours[path] != theirs[path] for path in ours)
    rows = zip(first.evaluations().items(), second.evaluations().values(), strict=True)
    differ = sum(
        any(one[column] != other[column] for column in one if column != "seconds")
        for (_, some), others in rows
        for one, other in zip(some, others, strict=True)
    )
    return f"{victims} of {len(ours)} victims differ, {differ:,} rows of evaluations differ"


def exhaust(device: torch.device, recordings: int) -> None:
    """Attack recordings where the memory holds only some of them; print what happens."""
    torch.manual_seed(0)
    victim = prepared(PaperCNN(10), device).eval().requires_grad_(False)
    inputs = torch.randn(recordings, 1, 64, 48).mul(20).sub(40).clamp(-100, 60).to(device)
    labels = victim(inputs[:1000]).argmax(1).repeat(recordings // 1000 + 1)[:recordings]
    attack = build_attack({"class": "LinfFastGradientAttack", "params": {}})

    def attacked(size: int) -> tuple[torch.Tensor, list[int]]:
        predictions, sizes = [], []

        def work(rows: slice) -> None:
            threat = Threat(0.5, (-100.0, 60.0))
            found = attack_batch(
                DefendedVictim(victim), attack, inputs[rows], labels[rows], threat, 0
            )
            predictions.append(victim(found.adversarial).argmax(1).cpu())
            sizes.append(rows.stop - rows.start)

        in_batches(work, recordings, size)
        return torch.cat(predictions), sizes

    expected, _ = attacked(1000)
    torch.cuda.empty_cache()
    free = torch.cuda.mem_get_info()[0]
    filler = torch.empty(max(0, free - 1024 * MEBIBYTE), dtype=torch.uint8, device=device)
    found, sizes = attacked(recordings)
    print(
        f"{recordings:,} recordings in one batch, {1024:,} MiB of memory left: worked off in "
        f"batches of at most {max(sizes):,}; {(found != expected).sum().item()} predictions differ"
    )
    del filler


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("configs", nargs="*", help="config files on top of config/config.yaml")
    parser.add_argument("--archive", type=Path, help="FSDD's archive, instead of a download")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--cores", type=int, default=os.cpu_count())
    parser.add_argument("--jobs-per-gpu", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--recordings", type=int, default=60_000, help="of the fourth part")
    arguments = parser.parse_args()
    try:
        with device_for(arguments.device) as device:
            describe(arguments.device)
            if device.type == "cuda":
                exhaust(device, arguments.recordings)
    except UserError as error:
        sys.exit(f"{error} Nothing was measured.")
    with tempfile.TemporaryDirectory() as scratch:
        measure(arguments, Path(scratch))


def measure(arguments: argparse.Namespace, scratch: Path) -> None:
    """Run the study in all ways and print the tables."""
    extra = {}
    if arguments.archive:
        extra["corpora"] = {"fsdd": {"archive": str(arguments.archive.resolve())}}
    (scratch / "cpu").mkdir()
    copy_project(scratch / "cpu")
    configs = ["config/config.yaml", *arguments.configs, "config/overrides.yaml"]
    (scratch / "cpu" / configs[-1]).write_text("{}")
    cpu = Study(scratch / "cpu", configs, arguments.cores)
    untrained = scratch / "untrained"
    shutil.copytree(cpu.folder, untrained)
    seconds, _ = cpu.run(extra | {"device": "cpu"})
    print(f"\nthe study on the CPU, {arguments.cores} jobs at a time: {seconds:.1f} s", flush=True)

    given = extra | {"device": arguments.device}
    evaluated = []
    for jobs in arguments.jobs_per_gpu:
        study = cpu.copy(scratch / f"jobs{jobs}")
        seconds, gpu = study.run(given | {"jobs_per_gpu": jobs}, "--rerun-triggers", "mtime")
        print(f"its evaluations, {jobs} jobs per GPU: {seconds:.1f} s; {gpu.text}", flush=True)
        evaluated.append(study)
    print(f"\n{compare(cpu.evaluations(), evaluated[0].evaluations())}\n")
    for jobs, study in list(zip(arguments.jobs_per_gpu, evaluated, strict=True))[1:]:
        print(f"1 and {jobs} jobs per GPU: {same(evaluated[0], study)}")

    whole = []
    for number in (1, 2):
        folder = scratch / f"whole{number}"
        shutil.copytree(untrained, folder)
        study = Study(folder, configs, arguments.cores)
        jobs = max(arguments.jobs_per_gpu)
        seconds, gpu = study.run(given | {"jobs_per_gpu": jobs})
        print(f"the whole study, {jobs} jobs per GPU: {seconds:.1f} s; {gpu.text}", flush=True)
        whole.append(study)
    print(f"twice the same study: {same(*whole)}\n\n{table_of_stages(cpu, whole[0])}")


if __name__ == "__main__":
    main()
