"""What one evaluation costs: the start of its process, and its attack against the floor.

    python benchmarks/evaluation_job.py

The start is that of the evaluation's imports against a bare ``import torch``, cold and warm. The
memory of a warm start is what the job does not share with the starter. The floor of an attack is
the forward and backward passes it needs, each at the time of one.
"""

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

from mishear.attacks.building import build_attack
from mishear.attacks.judging import Threat
from mishear.attacks.running import attack_batch
from mishear.defences.defended import DefendedVictim
from mishear.runtime.devices import use_one_thread
from mishear.training.building import prepared
from mishear.training.networks import PaperCNN

IMPORTS = """
from mishear.attacks.building import build_attack
from mishear.runtime.devices import use_one_thread
from mishear.evaluation.inputs import attack_recordings
from mishear.features.split import read_split
from mishear.runtime.jobs import job_log
from mishear.training.building import load_victim
use_one_thread()
build_attack({"class": "LinfPGD", "params": {}})
"""
OWN_MEMORY = """
from pathlib import Path
lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
print(sum(int(line.split()[1]) for line in lines if line.startswith("Private_")))
"""
LIB = Path(__file__).parents[1] / "workflow" / "lib"
PASSES = {
    "fgsm": ("LinfFastGradientAttack", {}, 1),
    "pgd-paper": ("LinfPGD", {"abs_stepsize": 0.1, "steps": 5}, 5),
    "pgd": ("LinfPGD", {"rel_stepsize": 0.05, "steps": 40}, 40),
    "cw": ("L2CarliniWagnerAttack", {"steps": 200, "binary_search_steps": 9}, 1800),
}


def seconds(code: str, repeats: int) -> float:
    """Median wall time of a fresh interpreter that runs some code."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def warm_start(repeats: int) -> tuple[float, float]:
    """Median wall time of a warm job that makes the imports, and the MiB that are its own."""
    sys.path.append(str(LIB))
    from warm_start.protocol import ADDRESS, NOTE, OWNER, new_address
    from warm_start.setup import interpreter

    with tempfile.TemporaryDirectory() as folder:
        script, note = Path(folder) / "job.py", Path(folder) / "note"
        script.write_text(IMPORTS + OWN_MEMORY)
        environment = os.environ | {
            **{ADDRESS: new_address(), OWNER: str(os.getpid()), NOTE: str(note)},
            **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
        }
        command = [*shlex.split(interpreter()), str(script)]
        times, own = [], 0.0
        for _ in range(repeats + 1):  # the first begins the starter
            start = time.perf_counter()
            done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
            times.append(time.perf_counter() - start)
            own = int(done.stdout) / 1024
        if note.exists():
            sys.exit(f"There was no warm start: {note.read_text()}")
        return statistics.median(times[1:]), own


def one_pass(victim, inputs, labels) -> float:
    """Median time of one forward and backward pass to the input."""
    times = []
    for _ in range(10):
        start = time.perf_counter()
        leaf = inputs.clone().requires_grad_(True)
        torch.nn.functional.cross_entropy(victim(leaf), labels).backward()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recordings", type=int, default=240)
    parser.add_argument("--attacks", nargs="+", choices=PASSES, default=list(PASSES))
    parser.add_argument("--repeats", type=int, default=7, help="starts of each kind")
    arguments = parser.parse_args()
    bare, job = (seconds(code, arguments.repeats) for code in ("import torch", IMPORTS))
    print(f"import torch {bare:.2f} s, an evaluation's start {job:.2f} s, ratio {job / bare:.2f}")
    warm, own = warm_start(arguments.repeats)
    print(f"an evaluation's warm start {warm:.2f} s, {own:.0f} MiB of its own")

    use_one_thread()
    torch.manual_seed(0)
    victim = prepared(PaperCNN(10), torch.device("cpu")).eval().requires_grad_(False)
    inputs = torch.rand(arguments.recordings, 1, 64, 48) * 100 - 60
    labels = victim(inputs).argmax(1)
    floor = one_pass(victim, inputs, labels)
    print(f"one forward and backward pass of {len(inputs)} recordings: {floor * 1000:.0f} ms")
    for name in arguments.attacks:
        class_name, params, passes = PASSES[name]
        attack = build_attack({"class": class_name, "params": params})
        eps = float("inf") if name == "cw" else 0.5
        start = time.perf_counter()
        attack_batch(DefendedVictim(victim), attack, inputs, labels, Threat(eps, (-60.0, 40.0)), 0)
        spent = time.perf_counter() - start
        least = passes * floor
        print(f"{name:10} {spent:7.2f} s, floor {least:7.2f} s, {spent / least:.2f}x")


if __name__ == "__main__":
    main()
