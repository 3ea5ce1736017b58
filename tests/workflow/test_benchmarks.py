"""Every benchmark runs to its end at its smallest size."""

import json
import os
import re
import subprocess
import sys

import pytest
import torch
import yaml

from tests.projects import REPOSITORY, TINY

BENCHMARKS = REPOSITORY / "benchmarks"
SECONDS = 600

BY_ITSELF = {
    "coverage.py": "--victims 3 --recordings 60 --simulations 20 --draws 20",
    "evaluation_job.py": "--recordings 2 --attacks fgsm --repeats 1",
    "scale.py": "--speakers 6 --recordings 60 --evaluations 30",
    "waveform_step.py": "--recordings 2 --steps 1 2 --rounds 1",
}
"""Options of the smallest size."""
ON_THE_TINY_STUDY = {
    "against_single_process.py",
    "single_process.py",
    "adversarial_training.py",
    "costs.py",
    "gpu.py",
}

pytestmark = pytest.mark.workflow


def run(script: str, *options: str, folder) -> str:
    """Run a benchmark somewhere else than in the repository; its output."""
    command = [sys.executable, str(BENCHMARKS / script), *options]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY / "src")}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-5000:]
    return done.stdout


@pytest.fixture(scope="module")
def tiny_study(tmp_path_factory):
    """The tiny study, computed by the workflow and by the single process: folder and output."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "tiny.yaml").write_text(yaml.safe_dump(TINY))
    project = folder / "project"
    options = [str(folder / "tiny.yaml"), "--threads", "1", "--keep", str(project)]
    return project, run("against_single_process.py", *options, folder=folder)


def test_every_benchmark_is_run_here():
    scripts = {path.name for path in BENCHMARKS.glob("*.py")}
    assert scripts == BY_ITSELF.keys() | ON_THE_TINY_STUDY


@pytest.mark.parametrize("script", BY_ITSELF)
def test_a_benchmark_runs_to_its_end(script, tmp_path):
    assert run(script, *BY_ITSELF[script].split(), folder=tmp_path)


def test_the_single_process_and_the_workflow_have_the_same_tables(tiny_study):
    _, output = tiny_study
    for table in ("summary.csv", "checks.csv"):
        assert f"columns of {table} that differ: none\n" in output
    assert "largest difference of an accuracy: 0.0000\n" in output
    assert re.search(r"^ratio +\d+\.\d\d$", output, re.MULTILINE)


def test_the_costs_of_a_finished_study_are_read_from_its_logs(tiny_study, tmp_path):
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(TINY))
    options = ["--configs", str(REPOSITORY / "config/config.yaml"), "tiny.yaml"]
    table = json.loads(run("costs.py", "--folder", str(tiny_study[0]), *options, folder=tmp_path))
    assert table["measured"]
    assert table["costs"]["train"].keys() == {"seconds", "steps"}
    assert table["costs"]["evaluate LinfPGD"]["steps"] == 5
    assert table["costs"]["report"]["seconds"] > 0.3


def test_adversarial_training_is_compared(tiny_study, libraries_folder, tmp_path):
    results = tiny_study[0] / "results"
    (spectrograms,) = results.glob("spectrograms/tiny/mel16/clean-*/spectrograms.npy")
    (split,) = results.glob("splits/tiny-*.csv")
    options = ["--epochs", "1", "--seeds", "1", "--steps", "1", "--split"]
    options += [str(split), "--spectrograms", str(spectrograms)]
    output = run("adversarial_training.py", *options, folder=tmp_path)
    assert "as fast as ART" in output


def test_the_gpu_benchmark_finds_no_difference_without_a_gpu(tmp_path):
    study = {"study": TINY["study"] | {"recipes": ["standard"], "attacks": ["fgsm"]}}
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(TINY | study))
    options = [str(tmp_path / "tiny.yaml"), "--device", "cpu", "--jobs-per-gpu", "1", "2"]
    output = run("gpu.py", *options, folder=tmp_path)
    assert re.search(r"^\| fgsm \| 2 \| [1-9]\d* \| 0 \| 0 \| 0\.0000 \|$", output, re.MULTILINE)
    same = "0 of 1 victims differ, 0 rows of evaluations differ"
    assert f"1 and 2 jobs per GPU: {same}\n" in output
    assert f"twice the same study: {same}\n" in output
    assert re.search(r"^\| `train` \| 1 \| \d+\.\d \| \d+\.\d \|$", output, re.MULTILINE)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_the_gpu_benchmark_without_a_gpu_says_so(tmp_path):
    command = [sys.executable, str(BENCHMARKS / "gpu.py")]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY / "src")}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    assert "no NVIDIA GPU is found" in done.stderr
    assert "Nothing was measured." in done.stderr
    assert "Traceback" not in done.stderr


def test_the_single_process_says_what_it_does_not_know(tmp_path):
    study = TINY | {
        "study": TINY["study"] | {"defences": ["none", "median"]},
        "defences": {"median": {"class": "MedianSmoothing"}},
    }
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(study))
    script, shipped = BENCHMARKS / "single_process.py", REPOSITORY / "config" / "config.yaml"
    done = subprocess.run(
        [sys.executable, str(script), "tables", str(shipped), "study.yaml"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY / "src")},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode != 0
    assert done.stderr == "single_process.py knows no defences and no transfer attacks.\n"
