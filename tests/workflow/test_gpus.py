"""Jobs share out the GPUs of a machine, here two simulated ones; heavy attacks are divided."""

import csv
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.unit.runtime.test_gpus import most_at_once
from tests.workflow.test_interruption import start
from tests.workflow.test_tiny_study import VICTIM, summary

pytestmark = pytest.mark.skipif(
    torch.cuda.is_available(), reason="the GPUs of this machine would take the place of ours"
)


def noting(finished, folder, eps):
    """A copy of the study whose attack notes the GPU; the files of its evaluations."""
    project = finished.copy(folder)
    shutil.copy(Path(__file__).with_name("noting_attacks.py"), folder)
    config = project.config
    config["attacks"]["noting"] = {"class": "noting_attacks.Noting", "eps": eps}
    config["study"]["attacks"] = ["noting"]
    project.config = config
    return project, [f"results/evaluations/{VICTIM}/none/noting/eps{value:g}.csv" for value in eps]


def test_eight_jobs_of_two_runs_never_hold_a_gpu_twice(finished, tmp_path, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    monkeypatch.setenv("NOTES", str(tmp_path / "notes"))
    eps = [0.1, 0.2, 0.3, 0.4]
    studies = [noting(finished, tmp_path / name, eps) for name in ("one", "two")]
    runs = [start(project, *files, "--resources", "gpu=4") for project, files in studies]
    for (project, _), run in zip(studies, runs, strict=True):
        assert run.wait(300) == 0, project.text("run.log")
    notes = [note.read_text().split() for note in (tmp_path / "notes").iterdir()]
    assert len(notes) == 8
    for gpu in ("0", "1"):
        times = [(float(began), float(ended)) for name, began, ended in notes if name == gpu]
        assert times, f"GPU {gpu} was not used"
        assert most_at_once(times) == 1


@pytest.mark.parametrize(("jobs_per_gpu", "places"), [(1, 2), (3, 6)])
def test_snakemake_starts_as_many_jobs_as_the_gpus_take(
    finished, tmp_path, monkeypatch, jobs_per_gpu, places
):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    monkeypatch.setenv("NOTES", str(tmp_path / "notes"))
    project, files = noting(finished, tmp_path / "copy", [0.1])
    project.config = project.config | {"jobs_per_gpu": jobs_per_gpu}
    assert re.search(rf"^Provided resources: gpu=.*\b{places}\b", project.run(*files), re.MULTILINE)


def test_the_summary_and_the_logs_say_that_the_cpu_was_used(finished):
    assert {row["device"] for row in summary(finished)} == {"cpu"}
    for log in (finished.folder / "logs" / "evaluate").rglob("*.log"):
        assert "computing on the CPU" in log.read_text()


def test_cuda_without_a_gpu_is_one_message(finished, tmp_path):
    project = finished.copy(tmp_path / "copy")
    project.config = project.config | {"device": "cuda"}
    # The device alone reruns nothing.
    victim = f"results/victims/{VICTIM}/victim.pt"
    assert "Nothing to be done" in project.run(victim)
    said = project.failure(victim, "--forcerun", "train")
    assert "device: cuda, but" in said
    assert "Use device: auto or device: cpu." in said


def rows_of(path):
    rows = list(csv.DictReader(path.open()))
    for row in rows:
        del row["seconds"]
    return rows


def test_an_attack_divided_among_jobs_gives_what_one_job_gives(finished, tmp_path):
    """Random starts and an attack that looks at its whole batch; five batches, three jobs."""
    written = {}
    names = {"pgd": "pgd/eps0.5", "cw": "cw/epsinf"}
    for shards in (1, 3):
        project = finished.copy(tmp_path / f"{shards} shards")
        config = project.config
        config["study"]["save_examples"] = True
        for name in names:
            config["attacks"][name] |= {"batch_size": 4, "shards": shards}
        project.config = config
        stems = [f"results/evaluations/{VICTIM}/none/{name}" for name in names.values()]
        printed = project.run(*(f"{stem}{suffix}" for stem in stems for suffix in (".csv", ".npz")))
        assert ("evaluate_shard" in printed) == (shards > 1)
        written[shards] = [(project, stem) for stem in stems]
    for pair in zip(*written.values(), strict=True):
        alone, divided = (rows_of(project.file(f"{stem}.csv")) for project, stem in pair)
        assert alone == divided
        one, joined = (np.load(project.file(f"{stem}.npz")) for project, stem in pair)
        for key in one.files:
            assert np.array_equal(one[key], joined[key]), key


def test_more_shards_than_batches_leave_some_with_nothing_to_do(finished, tmp_path):
    project = finished.copy(tmp_path / "copy")
    config = project.config
    config["attacks"]["fgsm"]["shards"] = 4
    project.config = config
    target = f"results/evaluations/{VICTIM}/none/fgsm/eps1.csv"
    project.run(target)
    assert rows_of(project.file(target)) == rows_of(finished.file(target))
