"""Trained models taken into a study: their accuracy is that of the file, or the job ends."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import nn

from mishear.core.errors import UserError
from mishear.features.split import Division
from mishear.training.building import load_victim
from mishear.training.importing import check_above_chance, import_model, load_model, write_model
from mishear.training.model_files import read_module
from tests.hugging_face import write_folder

CPU = torch.device("cpu")
CLASSES = ["one", "three", "two"]
WHERE = "networks.mine"


class Copying(nn.Module):
    """Its scores are the input, in an order that its weights say."""

    def __init__(self, classes: int):
        super().__init__()
        self.order = nn.Parameter(torch.eye(classes))

    def forward(self, inputs):
        return inputs.flatten(1) @ self.order


@pytest.fixture
def corpus():
    """Inputs that say what they are: each is the unit vector of its class."""
    labels = np.array(CLASSES * 10)
    numbers = np.searchsorted(CLASSES, labels)
    names = np.array([f"{number}.wav" for number in range(30)])
    splits = np.array(["train"] * 6 + ["test"] * 21 + [""] * 3)
    division = Division(names, labels, np.array([""] * 30), splits, names)
    return "words", division, np.eye(3, dtype=np.float32)[numbers][:, None, None, :]


def definition(labels):
    return {"class": f"{__name__}.Copying", "params": {}, "labels": labels}


@pytest.fixture
def weights(tmp_path):
    """A model whose outputs stand for two, one and three."""
    save_file({"order": torch.eye(3)[:, [2, 0, 1]].contiguous()}, tmp_path / "mine.safetensors")
    return tmp_path / "mine.safetensors"


def test_accuracies_are_measured_and_the_victim_is_written(corpus, weights, tmp_path):
    found = definition(["two", "one", "three"])
    victim, accuracies = import_model(found, weights, corpus, CPU, WHERE)
    assert accuracies == {
        "train": {"correct": 6, "n": 6, "accuracy": 1.0},
        "test": {"correct": 21, "n": 21, "accuracy": 1.0},
    }
    files = (tmp_path / "victim.pt", tmp_path / "accuracy.json")
    write_model(victim, found, weights, accuracies, files)
    assert json.loads(files[1].read_text()) == accuracies
    again = load_victim(found, CLASSES, files[0], CPU)
    inputs = torch.from_numpy(corpus[2])
    assert torch.equal(again(inputs), victim(inputs))


def test_another_order_of_the_labels_is_suggested_by_the_confusion(corpus, weights):
    with pytest.raises(UserError) as caught:
        import_model(definition(CLASSES), weights, corpus, CPU, WHERE)
    said = str(caught.value)
    assert said.startswith("networks.mine: the model classifies 0 of 27 recordings of corpus 'w")
    for true, predicted in (("two", "one"), ("one", "three"), ("three", "two")):
        assert f"'{true}' mostly as '{predicted}'" in said
    assert "the labels may be in another order" in said


def test_labels_of_another_corpus_are_refused_first(corpus, weights):
    with pytest.raises(UserError, match="networks.mine.labels: corpus 'words' has the class 'two'"):
        import_model(definition(["one", "three", "four"]), weights, corpus, CPU, WHERE)


@given(st.integers(0, 2), st.lists(st.integers(1, 50), min_size=3, max_size=3))
def test_one_prediction_for_everything_is_chance_however_frequent_the_class(predicted, sizes):
    confusions = np.zeros((3, 3), dtype=np.int64)
    confusions[:, predicted] = sizes
    with pytest.raises(UserError, match=f"do not depend on the class .'{CLASSES[predicted]}' in"):
        check_above_chance(confusions, CLASSES, "words", WHERE)


def test_few_correct_recordings_are_enough_where_they_are_above_chance():
    confusions = np.full((10, 10), 8) + 4 * np.eye(10, dtype=np.int64)
    check_above_chance(confusions, [str(number) for number in range(10)], "words", WHERE)


def test_a_folder_is_loaded_from_where_it_is_in_the_order_of_the_corpus(tmp_path):
    folder = tmp_path / "model"
    write_folder(folder, "hubert", ["two", "one", "three"])
    found = {"class": "HuggingFace", "params": {}, "labels": ["two", "one", "three"]}
    victim = load_model(found, folder, CLASSES, CPU, WHERE)
    files = (tmp_path / "victim.pt", tmp_path / "accuracy.json")
    write_model(victim, found, folder, {}, files)
    waveforms = torch.randn(3, 1, 4000, generator=torch.Generator().manual_seed(0))
    again = load_victim(found, CLASSES, files[0], CPU)
    plain = load_victim(found, found["labels"], files[0], CPU)
    assert torch.equal(again(waveforms), victim(waveforms))
    assert torch.equal(again(waveforms), plain(waveforms)[:, [1, 2, 0]])
    assert not any(parameter.requires_grad for parameter in again.parameters())


class OnTheCpu(nn.Module):
    """Makes a tensor whose device is fixed when it is traced."""

    def forward(self, inputs):
        return inputs.flatten(1) * torch.ones(3)


def test_a_program_that_is_bound_to_another_device_is_refused(corpus, tmp_path):
    path = tmp_path / "traced.pt"
    torch.jit.trace(OnTheCpu(), torch.randn(2, 1, 1, 3)).save(path)
    found = {"class": None, "params": {}, "labels": CLASSES}
    # No tensor of the device meta has values, but torch compares devices all the same.
    with pytest.raises(UserError, match=r"'.*traced\.pt' does not run on meta.*device=cpu"):
        import_model(found, path, corpus, torch.device("meta"), WHERE)


def test_a_program_is_loaded_onto_its_device(tmp_path):
    path = tmp_path / "traced.pt"
    torch.jit.trace(nn.Linear(3, 3), torch.randn(2, 3)).save(path)
    assert next(read_module(path, WHERE, torch.device("meta")).parameters()).is_meta
