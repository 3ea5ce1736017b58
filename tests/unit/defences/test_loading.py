"""A victim is loaded with its defences, classes, bounds and source from the files of a job."""

import json
import sys
from types import SimpleNamespace

import pytest
import torch

from mishear.defences.loading import VictimFiles, load_defended
from mishear.training.building import build_network

NETWORK = {"class": "PaperCNN", "params": {}}
CPU = torch.device("cpu")


@pytest.fixture
def inputs(tmp_path):
    """The input of a job: a victim of two classes, another one as the source, their corpus."""
    names = {}
    for seed, name in enumerate(("victim", "source")):
        torch.manual_seed(seed)
        names[name] = str(tmp_path / f"{name}.pt")
        torch.save(build_network(NETWORK, 2).state_dict(), names[name])
    (tmp_path / "split.csv").write_text(
        "recording,label,speaker,content,split\na.wav,yes,x,1,train\nb.wav,no,x,2,test\n"
    )
    (tmp_path / "bounds.json").write_text(json.dumps({"lowest": -80.0, "highest": 40.0}))
    names |= {"split": str(tmp_path / "split.csv"), "bounds": str(tmp_path / "bounds.json")}
    return names


def loaded(inputs, **params):
    job = SimpleNamespace(**inputs), SimpleNamespace(network=NETWORK, **params)
    return load_defended(VictimFiles.of_job(*job), CPU)


@pytest.fixture
def spectrograms():
    return 20 * torch.randn(3, 1, 16, 16, generator=torch.Generator().manual_seed(0))


def test_a_victim_is_loaded_behind_its_defences(inputs, spectrograms):
    squeezing = {"class": "FeatureSqueezing", "params": {"bits": 2}}
    victim = loaded(inputs, defence=[squeezing])
    assert victim.division.classes == ["no", "yes"]
    assert victim.bounds == (-80.0, 40.0)
    (defence,) = victim.model.defences
    assert (defence.low, defence.high) == victim.bounds
    assert not victim.model.training
    assert not any(parameter.requires_grad for parameter in victim.model.parameters())
    expected = victim.model.network(defence(spectrograms))
    assert torch.equal(victim.model(spectrograms), expected)


def test_a_source_has_no_defences(inputs, spectrograms):
    smoothing = {"class": "MedianSmoothing", "params": {}}
    victim = loaded(inputs, defence=[smoothing])
    assert len(victim.source.defences) == 0
    assert not torch.equal(victim.source(spectrograms), victim.model.network(spectrograms))


def test_without_defence_and_source_there_is_the_network_alone(inputs, spectrograms):
    del inputs["source"]
    victim = loaded(inputs)
    assert victim.source is None
    assert torch.equal(victim.model(spectrograms), victim.model.network(spectrograms))


def test_packages_of_libraries_are_found_after_everything_else(inputs, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    loaded(inputs | {"library_packages": str(tmp_path / "packages")})
    assert sys.path[-1] == str(tmp_path / "packages")
