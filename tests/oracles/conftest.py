"""One victim trained on real recordings, and the other libraries that attack it."""

import json
import os
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml

from mishear.config.loading import load
from mishear.corpora.index import index_recordings
from mishear.corpora.sources import SOURCES
from mishear.corpora.unpack import unpack
from mishear.features.dividing import divide
from mishear.features.front_ends.building import features
from mishear.features.split import Division
from mishear.features.waveforms import waveforms
from mishear.poisoning.training_set import training_set
from mishear.training.building import load_victim
from mishear.training.inputs import TrainingData, TrainingInputs
from mishear.training.trainer import train, write_training
from tests.projects import LIBRARIES_FOLDER, REPOSITORY

LIBRARY_SECONDS = 300
SEED = 0
CPU = torch.device("cpu")


@dataclass(frozen=True)
class Bench:
    """A trained victim and the recordings it is attacked on.

    Attributes
    ----------
    network : dict
        The victim's ``class`` and ``params``.
    weights : Path
        Its state dict.
    model : torch.nn.Module
        The victim as an evaluation loads it.
    inputs : torch.Tensor
        Spectrograms in dB of shape (recordings, 1, n_mels, frames), or with a ``front_end``
        waveforms of shape (recordings, 1, samples).
    labels : torch.Tensor of shape (recordings,)
        Numbers of the true classes.
    classes : int
    bounds : tuple of float
        Lowest and highest dB of the whole corpus; full scale of waveforms.
    front_end : dict or None
        What makes the victim's spectrograms of waveforms; None where it is attacked on those.
    """

    network: dict[str, Any]
    weights: Path
    model: torch.nn.Module
    inputs: torch.Tensor
    labels: torch.Tensor
    classes: int
    bounds: tuple[float, float]
    front_end: dict[str, Any] | None = None


@dataclass(frozen=True)
class Corpus:
    """The whole of FSDD: where its recordings are, and what the shipped front end makes of them.

    Attributes
    ----------
    folder : Path
    front_end : dict
    division : Division
    clean : numpy.ndarray of shape (recordings, 1, n_mels, frames), dB
    """

    folder: Path
    front_end: dict[str, Any]
    division: Division
    clean: np.ndarray


@pytest.fixture(scope="package", autouse=True)
def one_thread():
    """Compute as the workflow's jobs do."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="package")
def config():
    """The shipped config, with its defaults filled in."""
    return load(yaml.safe_load((REPOSITORY / "config" / "config.yaml").read_text()))


@pytest.fixture(scope="package")
def corpus(fsdd_archive, config, one_thread, tmp_path_factory):
    """FSDD, divided as shipped."""
    folder = tmp_path_factory.mktemp("corpus") / "fsdd"
    source = SOURCES["fsdd"]
    index, _ = index_recordings(unpack(fsdd_archive, folder), source.pattern, source.classes)
    names = [row.recording for row in index]
    labels = [row.label for row in index]
    speakers = [row.speaker for row in index]
    front_end = config.front_ends["mel64"].model_dump(by_alias=True)
    contents = [row.content for row in index]
    recordings = list(zip(names, contents, strict=True))
    clean = np.concatenate(list(features(waveforms(folder, recordings, front_end), front_end)))
    splits = divide([asdict(row) for row in index], config.split)
    division = Division(*map(np.array, (names, labels, speakers, splits, contents)))
    return Corpus(folder, front_end, division, clean)


@pytest.fixture(scope="package")
def bench(corpus, config, tmp_path_factory):
    """The shipped victim of FSDD's training split, and FSDD's test split."""
    folder = tmp_path_factory.mktemp("bench")
    clean, division = corpus.clean, corpus.division
    network = config.networks["paper-cnn"].model_dump(by_alias=True)
    recipe = config.recipes["standard"].model_dump()
    inputs = TrainingInputs(clean, None, training_set(division, None, SEED))
    bounds = (float(clean.min()), float(clean.max()))
    trained = train(network, recipe, TrainingData(inputs, division, bounds), SEED, CPU)
    weights = folder / "victim.pt"
    write_training(trained, weights, folder / "history.csv", folder / "accuracy.json")
    classes, rows = len(division.classes), division.rows("test")
    return Bench(
        network=network,
        weights=weights,
        model=load_victim(network, division.classes, weights, CPU),
        inputs=torch.from_numpy(clean[rows]),
        labels=torch.from_numpy(division.class_indices[rows]),
        classes=classes,
        bounds=bounds,
    )


@dataclass(frozen=True)
class Job:
    """What another library is to do, see ``run_library.py``; attacks have our parameters."""

    attack: str
    params: dict[str, Any]
    eps: list[float]


@pytest.fixture(scope="package")
def ask_library(libraries_folder, tmp_path_factory):
    """Function that has another library do jobs on a bench, in a process in the background.

    It returns at once; the result of what it returns holds for each job and eps, stacked, the
    adversarial inputs, of the shape of the bench's, or the weights of a network. One process runs
    at a time.

    The libraries change what they share with ours, hence the process: one needs a missing name
    put into torch, one brings a package of another project along, one writes to the home folder.
    """
    pool = ThreadPoolExecutor(max_workers=1)

    def ask(library: str, bench: Bench, jobs: list[Job]) -> Future:
        folder = tmp_path_factory.mktemp(library)
        np.savez(
            folder / "in.npz",
            inputs=bench.inputs.numpy(),
            labels=bench.labels.numpy(),
            bounds=bench.bounds,
            victim=json.dumps([bench.network, bench.classes, str(bench.weights)]),
            front_end=json.dumps(bench.front_end),
            jobs=json.dumps([asdict(job) for job in jobs]),
        )
        return pool.submit(_run, library, folder, len(jobs))

    yield ask
    pool.shutdown(cancel_futures=True)


def _run(library: str, folder: Path, jobs: int) -> list[torch.Tensor]:
    run_apart("run_library.py", library, "in.npz", "out.npz", folder=folder)
    with np.load(folder / "out.npz") as answers:
        return [torch.from_numpy(answers[str(number)]) for number in range(jobs)]


def run_apart(script: str, *arguments: str, folder: Path) -> None:
    """Run a script of this folder in a process of its own, where the other libraries are found."""
    command = [sys.executable, str(Path(__file__).with_name(script)), *arguments]
    path = os.pathsep.join([str(REPOSITORY / "src"), str(LIBRARIES_FOLDER)])
    environment = os.environ | {"PYTHONPATH": path, "HOME": str(folder)}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIBRARY_SECONDS,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout[-2000:]}\n{done.stderr[-5000:]}"
