"""A checkpoint is taken up by the training it belongs to alone."""

import os

import pytest
import torch

from mishear.training.checkpoints import Checkpoint, training_key

CPU = torch.device("cpu")


def test_a_saved_state_is_loaded_until_it_is_removed(tmp_path):
    checkpoint = Checkpoint(tmp_path / "unfinished.pt", "key")
    assert checkpoint.load(CPU) is None
    checkpoint.save({"epoch": 2, "weights": torch.arange(3)})
    state = checkpoint.load(CPU)
    assert state["epoch"] == 2
    assert torch.equal(state["weights"], torch.arange(3))
    checkpoint.remove()
    checkpoint.remove()
    assert checkpoint.load(CPU) is None


def test_a_state_of_another_key_is_ignored(tmp_path):
    Checkpoint(tmp_path / "unfinished.pt", "one").save({"epoch": 2})
    assert Checkpoint(tmp_path / "unfinished.pt", "other").load(CPU) is None


@pytest.fixture
def files(tmp_path):
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.write_text("content")
    return paths


def test_a_key_depends_on_settings_and_files(files):
    key = training_key({"epochs": 2, "eps": 0.5}, files)
    assert training_key({"eps": 0.5, "epochs": 2}, files) == key
    assert training_key({"epochs": 3, "eps": 0.5}, files) != key
    assert training_key({"epochs": 2, "eps": 0.5}, files[:1]) != key
    os.utime(files[0], ns=(0, 0))
    assert training_key({"epochs": 2, "eps": 0.5}, files) != key
