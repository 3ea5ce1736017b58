"""Trained models are checked before the first job: file, hash, trust and labels."""

import sys

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.core.files import sha256
from mishear.preflight.checks import checked_settings
from mishear.preflight.trained import check_trained, known_classes, stamps
from mishear.training.networks import PaperCNN
from tests.hugging_face import write_folder


@pytest.fixture
def study(raw, tmp_path):
    """A function that gives the config with a trained model in the study."""
    file = tmp_path / "mine.safetensors"
    save_file(PaperCNN(10).state_dict(), file)

    def made(**changes):
        model = {"class": "PaperCNN", "weights": str(file), "labels": list("9876543210")}
        raw["networks"]["mine"] = model | changes
        raw["study"]["networks"] = ["mine"]
        return raw

    return made


def test_a_file_that_fits_passes_and_is_looked_at_again_once_it_changed(study, tmp_path):
    raw = study(sha256=sha256(tmp_path / "mine.safetensors"))
    cache = tmp_path / "cache"
    checked_settings(raw, cache)
    checked_settings(raw, cache)
    assert len(list(cache.iterdir())) == 1
    others = {key: value + 1 for key, value in PaperCNN(10).state_dict().items()}
    save_file(others, tmp_path / "mine.safetensors")
    with pytest.raises(UserError, match=r"networks.mine.sha256: .* has the hash [0-9a-f]{64}, not"):
        checked_settings(raw, cache)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weights": "nowhere.pt"}, "networks.mine.weights: 'nowhere.pt' is not a file"),
        ({"sha256": "0" * 64}, "networks.mine.sha256: .* has the hash"),
        ({"labels": list("0123456789x")}, "networks.mine.labels: .*output for label 'x'"),
        ({"labels": list("01234567")}, "networks.mine.labels: .*classes '8', '9'"),
        ({"class": "PaperCNM"}, "networks.mine.class: .*Did you mean PaperCNN"),
    ],
)
def test_a_mistake_stops_before_the_first_job(study, tmp_path, changes, said):
    with pytest.raises(UserError, match=said):
        checked_settings(study(**changes), tmp_path / "cache")


def test_a_program_needs_trust_and_then_no_class(study, tmp_path):
    program = tmp_path / "program.pt"
    torch.jit.save(torch.jit.script(nn.Flatten()), program)
    with pytest.raises(UserError, match="is a TorchScript program"):
        check_trained(load(study(weights=str(program))), "mine")
    with pytest.raises(UserError, match="networks.mine.class: .* brings its own code"):
        check_trained(load(study(weights=str(program), trust=True)), "mine")
    raw = study(weights=str(program), trust=True)
    del raw["networks"]["mine"]["class"]
    check_trained(load(raw), "mine")


def test_networks_that_the_study_does_not_use_need_no_file(study):
    raw = study(weights="nowhere.pt")
    raw["study"]["networks"] = ["paper-cnn"]
    assert stamps(load(raw)) == []


def test_classes_are_known_where_the_config_or_the_source_names_them(raw):
    raw["corpora"]["own"] = {"source": "folder", "path": ".", "pattern": "(?P<label>.)"}
    raw["corpora"]["named"] = raw["corpora"]["own"] | {"classes": ["yes", "no"]}
    corpora = load(raw).corpora
    assert known_classes(corpora["own"]) is None
    assert known_classes(corpora["named"]) == ["yes", "no"]
    assert len(known_classes(corpora["fsdd"])) == 10


WORDS = [str(digit) for digit in reversed(range(10))]
FOLDER = {"class": "HuggingFace", "labels": None, "weights": "model"}


@pytest.fixture
def folder_study(raw, tmp_path, monkeypatch):
    """A function that gives the config of a model in a folder, and of its front end."""
    monkeypatch.chdir(tmp_path)
    write_folder(tmp_path / "model", "wav2vec2", WORDS)

    def made(front_end=None, **changes):
        model = FOLDER | changes
        raw["networks"]["mine"] = {key: value for key, value in model.items() if value is not None}
        waveform = {"class": "Waveform", "sample_rate": 16000, "seconds": 0.5}
        raw["front_ends"]["wave"] = waveform | (front_end or {})
        raw["study"] |= {"networks": ["mine"], "front_ends": ["wave"]}
        return raw

    return made


@pytest.mark.parametrize("family", ["wav2vec2", "audio-spectrogram-transformer"])
def test_a_folder_that_fits_passes_and_is_looked_at_again_once_it_changed(
    folder_study, tmp_path, family
):
    write_folder(tmp_path / "model", family, WORDS)
    cache = tmp_path / "cache"
    checked_settings(folder_study(), cache)
    checked_settings(folder_study(), cache)
    assert len(list(cache.iterdir())) == 1
    (tmp_path / "model/preprocessor_config.json").write_text('{"sampling_rate": 8000}')
    with pytest.raises(UserError, match="takes 8000"):
        checked_settings(folder_study(), cache)


@pytest.mark.parametrize(
    ("front_end", "changes", "said"),
    [
        (
            {"sample_rate": 8000},
            {},
            "'wave' gives 8000 samples per .* takes 16000. Write",
        ),
        ({"class": "MelSpectrogram", "params": {"n_mels": 64}}, {}, "takes waveforms of shape"),
        ({}, {"labels": list("0123456789")}, "networks.mine.labels: output 0 is '0' here and '9'"),
        ({}, {"labels": [f"w{word}" for word in WORDS]}, "networks.mine.labels: .*no output for"),
        ({}, {"sha256": "0" * 64}, "networks.mine.sha256: 'model' has the hash"),
        ({}, {"weights": "nowhere"}, "'nowhere' is not a folder. .* Nothing is downloaded"),
        ({}, {"class": "M5", "labels": WORDS}, "'model' is a folder. .* write class: HuggingFace"),
        ({"seconds": 0.001}, {}, "networks.mine: HuggingFace does not take inputs of shape"),
    ],
)
def test_a_mistake_with_a_folder_stops_before_the_first_job(
    folder_study, tmp_path, front_end, changes, said
):
    with pytest.raises(UserError, match=said):
        checked_settings(folder_study(front_end, **changes), tmp_path / "cache")


def test_without_transformers_the_command_that_installs_it_is_named(
    folder_study, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(UserError, match="networks.mine: .* pip install 'transformers>=5'"):
        checked_settings(folder_study(), tmp_path / "cache")
