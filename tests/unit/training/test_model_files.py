"""Files of trained models: what is read, and what is refused with a recipe that works."""

import re

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from mishear.core.errors import UserError
from mishear.training.model_files import kind_of, read_module, read_state

WHERE = "networks.mine"
EXAMPLE = torch.randn(2, 4)


def save_safetensors(model, path):
    save_file(model.state_dict(), path)


def save_state(model, path):
    torch.save(model.state_dict(), path)


def save_old_state(model, path):
    torch.save(model.state_dict(), path, _use_new_zipfile_serialization=False)


def save_module(model, path):
    torch.save(model, path)


def save_script(model, path):
    torch.jit.trace(model, EXAMPLE).save(path)


def save_exported(model, path):
    # A job that ran in this process has set the precision of single operations of cuDNN, after
    # which torch.export fails. This sets them all at once, as in a new process.
    torch.backends.cudnn.allow_tf32 = True
    torch.export.save(torch.export.export(model, (EXAMPLE,)), path)


@pytest.mark.parametrize(
    ("save", "kind"),
    [
        (save_safetensors, "safetensors"),
        (save_state, "torch"),
        (save_old_state, "torch"),
        (save_module, "torch"),
        (save_script, "torchscript"),
        (save_exported, "exported"),
    ],
)
def test_the_kind_is_seen_in_the_content_whatever_the_name(save, kind, tmp_path):
    save(nn.Linear(4, 3).eval(), tmp_path / "model.pt2")
    assert kind_of(tmp_path / "model.pt2", WHERE) == kind


@pytest.mark.parametrize("save", [save_safetensors, save_state, save_old_state])
def test_numbers_are_read(save, tmp_path):
    model = nn.Linear(4, 3)
    save(model, tmp_path / "model")
    found = read_state(tmp_path / "model", WHERE)
    assert found.keys() == model.state_dict().keys()
    for key, value in model.state_dict().items():
        assert torch.equal(found[key], value)


@pytest.mark.parametrize(
    ("save", "noun"),
    [
        (save_module, "a pickled module"),
        (save_script, "a TorchScript program"),
        (save_exported, "a program of torch.export"),
    ],
)
def test_code_is_refused_and_the_recipe_converts_the_file(save, noun, tmp_path, monkeypatch):
    model = nn.Linear(4, 3).eval()
    save(model, tmp_path / "model.bin")
    with pytest.raises(UserError) as caught:
        read_state(tmp_path / "model.bin", WHERE)
    said = str(caught.value)
    assert said.startswith(f"{WHERE}.weights: ") and noun in said
    assert f"{WHERE}.trust: true" in said
    monkeypatch.chdir(tmp_path)
    exec(re.search(r'python -c "([^"]+)"', said)[1], {})
    converted = load_file(tmp_path / "weights.safetensors")
    assert {key: value.shape for key, value in converted.items()} == {
        key: value.shape for key, value in model.state_dict().items()
    }
    assert read_module(tmp_path / "model.bin", WHERE)(EXAMPLE).shape == (2, 3)


def test_code_is_not_run_before_it_is_trusted(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    torch.save(Trap(), tmp_path / "model.pt")
    with pytest.raises(UserError, match="is a pickled module"):
        read_state(tmp_path / "model.pt", WHERE)
    assert not (tmp_path / "sprung").exists()


def test_a_checkpoint_is_refused_with_a_recipe_for_its_part(tmp_path, monkeypatch):
    content = {"epoch": 3, "state_dict": nn.Linear(4, 3).state_dict()}
    torch.save(content, tmp_path / "last.ckpt")
    with pytest.raises(UserError, match="keys epoch, state_dict, not a state dict") as caught:
        read_state(tmp_path / "last.ckpt", WHERE)
    monkeypatch.chdir(tmp_path)
    exec(re.search(r'python -c "([^"]+)"', str(caught.value))[1], {})
    assert read_state(tmp_path / "weights.pt", WHERE).keys() == nn.Linear(4, 3).state_dict().keys()


@pytest.mark.parametrize("content", [b"", b"no model at all", b"\x80\x02K\x01.", b"PK\x03\x04"])
def test_a_file_that_holds_no_model_is_refused(content, tmp_path):
    (tmp_path / "model").write_bytes(content)
    with pytest.raises(UserError, match="networks.mine.weights: '.*model'"):
        read_state(tmp_path / "model", WHERE)


@pytest.mark.parametrize("save", [save_safetensors, save_state])
def test_a_file_that_was_cut_off_is_refused(save, tmp_path):
    save(nn.Linear(4, 3), tmp_path / "model")
    whole = (tmp_path / "model").read_bytes()
    (tmp_path / "model").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match="networks.mine.weights: '.*model'"):
        read_state(tmp_path / "model", WHERE)
