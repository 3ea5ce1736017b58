"""The workflow on a real Slurm: same results, shared GPUs, failures seen, jobs cancelled.

All in one file, so that one worker runs it with one cluster.
"""

import csv
import os
import re
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from tests.projects import Project
from tests.slurm.conftest import finish, within

VICTIM = "tiny/mel16/paper-cnn/standard/seed0"
REPORTED = [
    "results/reports/tiny/summary.csv",
    "results/reports/tiny/figures/tiny/mel16/paper-cnn/accuracy.svg",
]


def with_attack(project: Project, class_: str, eps=(0.5, 1.0)) -> list[str]:
    """Let the study try a user's attack at some eps; the files of the evaluations."""
    shutil.copy(Path(__file__).parent / "my_attacks.py", project.folder)
    config = project.config
    config["attacks"] = {"mine": {"class": f"my_attacks.{class_}", "eps": list(eps)}}
    config["study"] |= {"attacks": ["mine"], "recipes": ["standard"]}
    project.config = config
    return [f"results/evaluations/{VICTIM}/none/mine/eps{value:g}.csv" for value in eps]


@pytest.fixture
def trained(finished, tmp_path):
    """A copy of the finished study, to be given more to do."""
    return finished.copy(tmp_path / "project")


@dataclass
class Run:
    """What a run on the cluster left behind."""

    project: Project
    output: str
    submissions: int


@pytest.fixture(scope="module")
def run(finished, slurm, tmp_path_factory):
    """One recipe and one attack, from training to a figure, run on the cluster."""
    project = finished.copy(tmp_path_factory.mktemp("run") / "project")
    for stage in ("victims", "evaluations", "reports"):
        shutil.rmtree(project.folder / "results" / stage)
    config = project.config
    config["study"] |= {"attacks": ["fgsm"], "recipes": ["standard"]}
    project.config = config
    before = slurm.ever_submitted()
    status, output = slurm.run(project, *REPORTED, "--verbose")
    assert status == 0, output[-5000:]
    return Run(project, output, slurm.ever_submitted() - before)


def content(path: Path):
    """What must be the same wherever a file was made: all but times."""
    if path.suffix == ".csv":
        rows = csv.DictReader(path.read_text().splitlines())
        return [{key: row[key] for key in row if key != "seconds"} for row in rows]
    if path.suffix == ".pt":
        weights = torch.load(path, weights_only=True)
        return {name: value.tolist() for name, value in weights.items()}
    return path.read_bytes()


def test_results_are_those_of_a_local_run(run, finished):
    results = run.project.folder / "results"
    made = [*(results / "victims").rglob("*"), *(results / "evaluations").rglob("*")]
    files = [path for path in made if path.is_file()]
    names = {re.sub(r"-[0-9a-f]{10}(?=\.)", "", file.name) for file in files}
    assert {"victim.pt", "accuracy.json", "eps0.5.csv", "eps1.csv"} <= names
    for file in files:
        path = file.relative_to(run.project.folder)
        assert content(file) == content(finished.folder / path), path


def test_evaluations_share_a_submission_and_so_does_the_end(run):
    assert run.submissions == 3, "the training, two evaluations, the summary with a figure"
    for file in REPORTED:
        assert (run.project.folder / file).exists()


def test_a_group_of_evaluations_takes_one_gpu_and_works_them_off(run):
    calls = re.findall(r"^sbatch call: (sbatch .*?) --wrap", run.output, flags=re.MULTILINE)
    [call] = [call for call in calls if "rule_evaluations" in call]
    assert "--gpus=1" in call
    assert "--cpus-per-task=1 " in call
    assert "--mem 2000 " in call
    assert " -t 30 " in call, "two of 15 minutes, one after the other"


def test_jobs_on_slurm_begin_no_starters(slurm, trained):
    """Each is a step of its own: with it a starter would end, and its limits are not another's."""
    files = with_attack(trained, "Noting", eps=[0.5, 0.75, 1.0])
    status, output = slurm.run(trained, *files)
    assert status == 0, output[-5000:]
    notes = [line.split() for line in trained.text("noted").splitlines()]
    assert [kind for _, kind, _ in notes] == ["cold"] * 3
    assert len({job for job, _, _ in notes}) == 1
    jobs = {parent for _, _, parent in notes}
    begun = (trained.folder / ".snakemake" / "mishear").glob("cold_starts.*.begun")
    assert not {path.name.split(".")[1] for path in begun} & jobs


def test_evaluations_at_the_same_time_get_different_gpus(slurm, trained):
    files = with_attack(trained, "Meeting")
    status, output = slurm.run(trained, *files, "--group-components", "evaluations=1")
    assert status == 0, output[-5000:]
    devices = [note.read_text() for note in (trained.folder / "met").iterdir()]
    assert sorted(devices) == ["0", "1"]


def test_a_failed_job_is_shown_with_its_cause_and_its_logs(slurm, trained):
    files = with_attack(trained, "Broken")
    status, output = slurm.run(trained, files[0])
    assert status != 0
    assert "no such tensor on the moon" in output
    assert f"logs/evaluate/{VICTIM}/none/mine/eps0.5-" in output
    [kept] = (trained.folder / "logs" / "slurm").rglob("*.log")
    assert str(kept.relative_to(trained.folder)) in output


def test_ctrl_c_cancels_the_jobs_and_the_same_command_goes_on(slurm, trained):
    files = with_attack(trained, "Slow")
    process = slurm.start(trained, files[0])
    try:
        assert within(90, (trained.folder / "started").exists)
        assert slurm.active()
    finally:
        os.killpg(process.pid, signal.SIGINT)
    status, output = finish(process)
    assert status != 0
    assert within(15, lambda: not slurm.active()), output[-5000:]
    assert not trained.file(files[0]).exists()
    status, output = slurm.run(trained, files[0])
    assert status == 0, output[-5000:]
    assert trained.file(files[0]).exists()
