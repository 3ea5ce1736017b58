"""Models in Hugging Face's format give the scores of transformers, and pass a gradient."""

import json
import socket
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import Wav2Vec2Config, Wav2Vec2Model

from mishear.core.errors import UserError
from mishear.study.model_folders import ModelFolder
from mishear.training.networks import HuggingFace
from tests.hugging_face import FAMILIES, RATE, write_folder

WAVEFORMS = torch.randn(9, 1, RATE // 2, generator=torch.Generator().manual_seed(0)) / 10


@pytest.fixture
def folder(tmp_path):
    return ModelFolder(tmp_path / "model", "networks.mine")


def victim(folder):
    return HuggingFace(folder).eval().requires_grad_(False)


def theirs(model, extractor):
    """Scores by the library alone, as a user computes them: recording by recording."""
    with torch.no_grad():
        return torch.cat(
            [
                model(**extractor(each, sampling_rate=RATE, return_tensors="pt")).logits
                for each in WAVEFORMS[:, 0].numpy()
            ]
        )


@pytest.mark.parametrize("family", FAMILIES)
def test_the_scores_are_those_of_transformers(folder, family, monkeypatch):
    expected = theirs(*write_folder(folder.path, family))
    monkeypatch.setattr(socket.socket, "connect", pytest.fail)
    found = victim(folder)(WAVEFORMS)
    assert float(expected.std(0).min()) > 1e-3  # they depend on the recording
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_gradient_reaches_the_waveform_and_does_not_depend_on_parts(
    folder, family, monkeypatch
):
    write_folder(folder.path, family)
    network = victim(folder)

    def gradient():
        leaf = WAVEFORMS.clone().requires_grad_()
        (found,) = torch.autograd.grad(network(leaf)[:, 0].sum(), leaf)
        return found

    in_parts = gradient()
    monkeypatch.setattr(HuggingFace, "_recordings_at_once", lambda self, recordings: 100)
    at_once = gradient()
    scale = at_once.abs().amax(dim=2)
    assert bool((scale > 0).all())
    torch.testing.assert_close(in_parts, at_once, atol=float(scale.max()) * 1e-4, rtol=1e-3)


def test_the_activations_of_a_batch_are_kept_for_a_few_seconds_of_sound_only(folder):
    write_folder(folder.path, "wav2vec2")
    network = victim(folder)

    def kept(recordings):
        sizes = []
        leaf = torch.zeros(recordings, 1, RATE, requires_grad=True)
        with torch.autograd.graph.saved_tensors_hooks(
            lambda tensor: sizes.append(tensor.numel()) or tensor, lambda tensor: tensor
        ):
            network(leaf)
        return sum(sizes)

    assert kept(24) == 24 * RATE < kept(4)  # the waveforms alone


def test_a_model_with_layer_normalisation_and_weighted_layers_and_half_precision(folder):
    """As wav2vec2-large: its extractor asks for a mask, which is all ones for equal lengths."""
    model, extractor = write_folder(
        folder.path,
        "wav2vec2",
        feat_extract_norm="layer",
        do_stable_layer_norm=True,
        use_weighted_layer_sum=True,
    )
    extractor.return_attention_mask = True
    extractor.save_pretrained(folder.path)
    model.half().save_pretrained(folder.path)
    found = victim(folder)
    assert {value.dtype for value in found.state_dict().values()} == {torch.float32}
    torch.testing.assert_close(
        found(WAVEFORMS), theirs(model.float(), extractor), atol=1e-4, rtol=1e-4
    )


def test_what_a_config_says_of_outputs_and_kernels_is_not_followed(folder):
    """The kernel would be downloaded from the hub, and its code run."""
    model, extractor = write_folder(folder.path, "hubert")
    file = folder.path / "config.json"
    others = {"return_dict": False, "attn_implementation": "kernels-community/flash-attn3"}
    file.write_text(json.dumps(json.loads(file.read_text()) | others))
    found = victim(folder)
    assert found.model.config._attn_implementation == "sdpa"
    torch.testing.assert_close(found(WAVEFORMS), theirs(model, extractor), atol=1e-4, rtol=1e-4)


def test_several_files_of_weights_are_read(folder):
    model, extractor = write_folder(folder.path, "hubert")
    model.save_pretrained(folder.path, max_shard_size="10KB")
    (folder.path / "model.safetensors").unlink(missing_ok=True)
    assert len(list(folder.path.glob("*.safetensors"))) > 1
    torch.testing.assert_close(
        victim(folder)(WAVEFORMS), theirs(model, extractor), atol=1e-4, rtol=1e-4
    )


def test_a_model_that_was_not_trained_to_classify_is_refused(folder):
    model, _ = write_folder(folder.path, "wav2vec2")
    settings = model.config.to_dict()
    Wav2Vec2Model(Wav2Vec2Config.from_dict(settings)).save_pretrained(folder.path)
    (folder.path / "config.json").write_text(
        json.dumps(settings | {"architectures": ["Wav2Vec2ForSequenceClassification"]})
    )
    with pytest.raises(
        UserError, match="networks.mine.weights: .*lack 'classifier.bias' and 3 more"
    ):
        victim(folder)


@pytest.mark.parametrize("mistake", ["damaged", "another"])
def test_weights_that_do_not_fit_the_config_are_refused(folder, mistake):
    write_folder(folder.path, "wav2vec2")
    file = folder.path / "model.safetensors"
    if mistake == "damaged":
        file.write_bytes(file.read_bytes()[:-100])
    else:
        state = load_file(file)
        state["classifier.weight"] = state["classifier.weight"][:2].contiguous()
        save_file(state, file, {"format": "pt"})
    with pytest.raises(UserError, match=f"networks.mine.weights: '{folder.path}'"):
        victim(folder)


def test_inputs_of_another_front_end_are_refused(folder):
    write_folder(folder.path, "wav2vec2")
    with pytest.raises(ValueError, match="takes waveforms of shape"):
        victim(folder)(torch.zeros(2, 1, 64, 48))


def test_without_the_package_its_command_is_named(folder, monkeypatch):
    write_folder(folder.path, "wav2vec2")
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(UserError, match="networks.mine: .* pip install 'transformers>=5'"):
        victim(folder)
