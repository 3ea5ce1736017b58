"""Trained models are checked before the first job: file, hash, trust and labels."""

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
        ({"weights": "nowhere.pt"}, "networks.mine.weights: 'nowhere.pt' is no file"),
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
