"""The content of the user's own files and the versions of libraries rerun exactly what follows."""

import copy
import os
import shutil
import tarfile

import numpy as np
import pytest
import soundfile

from tests.projects import TINY, new_project
from tests.workflow.test_reruns import ACCURACY, PAGE, planned
from tests.workflow.test_tiny_study import POISONED_VICTIM, VICTIM

pytestmark = pytest.mark.workflow

PATTERN = r"(?P<label>[a-z]+)/(?P<speaker>[a-z]+)(?P<take>\d+)\.wav$"
SPLITS = [f"results/splits/{corpus}.csv" for corpus in ("folder", "archive")]
OF_FOLDER = {("inspect", "corpora/folder/inspected.csv")}
OF_ARCHIVE = {("unpack", "corpora/archive/recordings")}


def follows(corpus):
    """What follows from other recordings, up to the split."""
    return {("index", f"corpora/{corpus}/index.csv"), ("split", f"splits/{corpus}.csv")}


def write(folder, scale=1.0):
    random = np.random.default_rng(0)
    for label in ("left", "right"):
        (folder / label).mkdir(parents=True, exist_ok=True)
        for speaker in ("anna", "ben"):
            for take in range(8):
                samples = scale * random.uniform(-0.5, 0.5, 4000)
                soundfile.write(folder / label / f"{speaker}{take}.wav", samples, 8000)


def write_archive(folder, archive, seconds):
    """Write an archive whose time of modification is given."""
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(folder, "words")
    os.utime(archive, (seconds, seconds))


@pytest.fixture(scope="module")
def divided(tmp_path_factory):
    """A project whose two corpora of the user's are divided."""
    folder = tmp_path_factory.mktemp("own") / "project"
    config = copy.deepcopy(TINY)
    config["study"] |= {"corpora": ["folder", "archive"], "attacks": ["pgd"]}
    config["corpora"] = {
        "folder": {"source": "folder", "path": "own", "pattern": PATTERN},
        "archive": {"source": "folder", "path": "own.tar.gz", "pattern": PATTERN},
    }
    project = new_project(folder, config)
    write(folder / "own")
    write_archive(folder / "own", folder / "own.tar.gz", 1e9)
    project.run(*SPLITS)
    return project


@pytest.fixture
def study(divided, tmp_path):
    return divided.copy(tmp_path / "copy")


def rerun(study):
    return planned(study, *SPLITS)


def test_a_copy_reruns_nothing(study):
    assert rerun(study) == set()


def test_recordings_at_a_tenth_of_the_volume(study):
    write(study.folder / "own", 0.1)
    assert rerun(study) == OF_FOLDER | follows("folder")


def test_two_recordings_swapped(study):
    first, second = (study.folder / "own" / name / "anna0.wav" for name in ("left", "right"))
    times = [path.stat().st_mtime_ns for path in (first, second)]
    first.rename(study.folder / "aside")
    second.rename(first)
    (study.folder / "aside").rename(second)
    for path, time in zip((first, second), times, strict=True):
        os.utime(path, ns=(time, time))
    assert rerun(study) == OF_FOLDER | follows("folder")


def test_an_archive_replaced_by_an_older_one(study):
    write(study.folder / "other", 0.1)
    write_archive(study.folder / "other", study.folder / "own.tar.gz", 1e8)
    expected = OF_ARCHIVE | {("inspect", "corpora/archive/inspected.csv")} | follows("archive")
    assert rerun(study) == expected


@pytest.mark.parametrize("forgotten", ["compared by times", "without what Snakemake remembers"])
def test_other_recordings_are_noticed_by_what_lies_beside_the_results(study, forgotten):
    arguments = ["--rerun-triggers", "mtime"] if forgotten == "compared by times" else []
    if not arguments:
        shutil.rmtree(study.folder / ".snakemake" / "metadata")
    assert planned(study, *SPLITS, *arguments) == set()
    write(study.folder / "own", 0.1)
    write_archive(study.folder / "own", study.folder / "own.tar.gz", 1e8)
    of_archive = OF_ARCHIVE | {("inspect", "corpora/archive/inspected.csv")} | follows("archive")
    assert planned(study, *SPLITS, *arguments) == OF_FOLDER | follows("folder") | of_archive
    said = study.run(*SPLITS, *arguments)
    for corpus in ("folder", "archive"):
        assert f"The recordings of corpora.{corpus} have changed since" in said
    assert planned(study, *SPLITS, *arguments) == set()


def test_paths_made_absolute(study):
    config = study.config
    for corpus in config["corpora"].values():
        corpus["path"] = str(study.folder / corpus["path"])
    study.config = config
    assert rerun(study) == set()


@pytest.mark.parametrize("device", ["cpu", "auto"])
def test_another_name_of_the_device(study, device):
    study.config = study.config | {"device": device}
    assert rerun(study) == set()


def install(folder, name, version):
    """Let a package have another version, in a folder of installed packages."""
    about = folder / "site-packages" / f"{name}-{version}.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n")
    return str(about.parent)


@pytest.fixture
def finished_copy(finished, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    return finished.copy(tmp_path / "copy")


def test_another_foolbox_reruns_attacks_and_no_training(finished_copy, tmp_path, monkeypatch):
    place = install(tmp_path, "foolbox", "9.9.9")
    monkeypatch.setenv("PYTHONPATH", place + os.pathsep + os.environ["PYTHONPATH"])
    jobs = planned(finished_copy)
    rules = {rule for rule, _ in jobs}
    assert {"evaluate", "evaluate_and_keep", "check_attack", "check_baselines"} <= rules
    assert not rules & {"train", "waveforms", "spectrogram_shard", "evaluate_poisoned", "index"}
    attacked = {path for rule, path in jobs if rule.startswith("evaluate")}
    assert attacked == {
        f"evaluations/{VICTIM}/none/{name}.csv"
        for name in ("fgsm/eps0.5", "fgsm/eps1", "pgd/eps0.5", "cw/epsinf")
    }
    assert jobs >= ACCURACY | PAGE
    assert POISONED_VICTIM not in str(jobs)


def test_another_soundfile_reruns_from_the_recordings_on(finished_copy, tmp_path, monkeypatch):
    place = install(tmp_path, "soundfile", "9.9.9")
    monkeypatch.setenv("PYTHONPATH", place + os.pathsep + os.environ["PYTHONPATH"])
    assert {"synthesise", "inspect", "waveforms", "train", "evaluate"} <= {
        rule for rule, _ in planned(finished_copy)
    }


MODULE = """import numpy as np
import foolbox as fb
from pathlib import Path
import helper

def read(path):
    return open(path).read()

class Mine(fb.attacks.LinfPGD):
    scale = np.load(Path(__file__).with_name("scale.npy"))
    steps = helper.STEPS
    reader = read
"""


def test_a_class_on_the_path_counts_with_its_data_and_says_what_does_not(
    finished_copy, tmp_path, monkeypatch
):
    place = tmp_path / "elsewhere"
    place.mkdir()
    (place / "outside.py").write_text(MODULE)
    (place / "helper.py").write_text("STEPS = 1\nOTHER = 1\n")
    np.save(place / "scale.npy", np.ones(1))
    monkeypatch.setenv("PYTHONPATH", str(place) + os.pathsep + os.environ["PYTHONPATH"])
    config = finished_copy.config
    config["attacks"]["mine"] = {"class": "outside.Mine", "eps": [0.5]}
    config["study"]["attacks"] = ["mine"]
    finished_copy.config = config
    target = f"results/evaluations/{VICTIM}/none/mine/eps0.5.csv"
    said = finished_copy.run(target)
    assert f"{place / 'outside.py'}:7 reads a file" in said
    assert planned(finished_copy, target) == set()
    (place / "helper.py").write_text("STEPS = 1\nOTHER = 2\n")
    assert planned(finished_copy, target) == set()
    np.save(place / "scale.npy", np.zeros(1))
    assert len(planned(finished_copy, target)) == 1
    np.save(place / "scale.npy", np.ones(1))
    (place / "helper.py").write_text("STEPS = 2\nOTHER = 2\n")
    assert len(planned(finished_copy, target)) == 1
    shutil.rmtree(place)
