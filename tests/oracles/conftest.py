"""One victim trained on real recordings, and the other libraries that attack it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml

from mishear.config import Config, load
from mishear.corpora.index import index_recordings
from mishear.corpora.sources import SOURCES
from mishear.corpora.unpack import unpack
from mishear.features.spectrograms import spectrograms
from mishear.features.split import Division, divide
from mishear.features.waveforms import waveforms
from mishear.networks import load_victim
from mishear.training import train, write_training

REPOSITORY = Path(__file__).parents[2]
PEERS_FOLDER = REPOSITORY / ".oracles"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
PACKAGES = {"art": "art", "advertorch": "advertorch", "torchattacks": "torchattacks"}
"""Each peer's import package."""
PEER_SECONDS = 300
SEED = 0
CPU = torch.device("cpu")


@dataclass(frozen=True)
class TestBed:
    """A trained victim and the recordings it is attacked on.

    Attributes
    ----------
    network : dict
        The victim's ``class`` and ``params``.
    weights : Path
        Its state dict.
    model : torch.nn.Module
        The victim as an evaluation loads it.
    inputs : torch.Tensor of shape (recordings, 1, n_mels, frames), dB
    labels : torch.Tensor of shape (recordings,)
        Numbers of the true classes.
    classes : int
    bounds : tuple of float
        Lowest and highest dB of the whole corpus.
    """

    __test__ = False

    network: dict[str, Any]
    weights: Path
    model: torch.nn.Module
    inputs: torch.Tensor
    labels: torch.Tensor
    classes: int
    bounds: tuple[float, float]


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
def attacks(config):
    """The shipped attacks, by name: ``class`` and ``params``."""
    return {
        name: attack.model_dump(by_alias=True, include={"class_", "params"})
        for name, attack in config.attacks.items()
    }


@pytest.fixture(scope="package")
def test_bed(fsdd_archive, config, one_thread, tmp_path_factory):
    """The shipped victim of FSDD's training split, and FSDD's test split."""
    folder = tmp_path_factory.mktemp("test_bed")
    clean, division = _features(fsdd_archive, config, folder / "fsdd")
    network = config.networks["paper-cnn"].model_dump(by_alias=True)
    recipe = config.recipes["standard"].model_dump()
    trained = train(network, recipe, clean[division.rows("train")], clean, division, SEED, CPU)
    weights = folder / "victim.pt"
    write_training(*trained, weights, folder / "history.csv", folder / "accuracy.json")
    classes, rows = len(division.classes), division.rows("test")
    return TestBed(
        network=network,
        weights=weights,
        model=load_victim(network, classes, weights, CPU),
        inputs=torch.from_numpy(clean[rows]),
        labels=torch.from_numpy(division.class_indices[rows]),
        classes=classes,
        bounds=(float(clean.min()), float(clean.max())),
    )


def _features(archive: Path, config: Config, folder: Path) -> tuple[np.ndarray, Division]:
    """Spectrograms and division of the whole corpus."""
    source = SOURCES["fsdd"]
    index, _ = index_recordings(unpack(archive, folder), source.pattern, source.classes)
    names = [row.recording for row in index]
    labels = [row.label for row in index]
    speakers = [row.speaker for row in index]
    front_end = config.front_ends["mel64"].model_dump()
    clean = np.concatenate(list(spectrograms(waveforms(folder, names, front_end), front_end)))
    splits = divide(labels, speakers, config.split.model_dump())
    return clean, Division(*map(np.array, (names, labels, speakers, splits)))


@pytest.fixture(scope="package")
def ask_peer(tmp_path_factory):
    """Function that has another library attack a test bed in a process of its own.

    A process of its own, because the libraries change what they share with ours: one needs a
    missing name put into torch, one brings a package of another project along.
    """
    absent = [name for name in PACKAGES.values() if not (PEERS_FOLDER / name).is_dir()]
    if absent:
        command = f"pip install --no-deps --target .oracles -r {REQUIREMENTS.relative_to(REPOSITORY)}"
        pytest.skip(f"{', '.join(absent)} not in .oracles: run '{command}' in the repository")

    def ask(peer: str, attack: str, bed: TestBed, params: dict, eps: list[float]):
        folder = tmp_path_factory.mktemp(f"{peer}_{attack}")
        np.savez(
            folder / "in.npz",
            inputs=bed.inputs.numpy(),
            labels=bed.labels.numpy(),
            bounds=bed.bounds,
            eps=eps,
            victim=json.dumps([bed.network, bed.classes, str(bed.weights)]),
            params=json.dumps(params),
        )
        _run(peer, attack, folder)
        with np.load(folder / "out.npz") as answer:
            return [torch.from_numpy(returned) for returned in answer["adversarial"]]

    return ask


def _run(peer: str, attack: str, folder: Path) -> None:
    script = Path(__file__).with_name("run_peer.py")
    command = [sys.executable, str(script), peer, attack, "in.npz", "out.npz"]
    path = os.pathsep.join([str(REPOSITORY / "src"), str(PEERS_FOLDER)])
    # One of them writes to the home folder when it is imported.
    environment = os.environ | {"PYTHONPATH": path, "HOME": str(folder)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PEER_SECONDS
    )
    assert done.returncode == 0, f"{peer} {attack}:\n{done.stdout}\n{done.stderr[-5000:]}"
