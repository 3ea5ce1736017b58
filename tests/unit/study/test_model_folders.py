"""What a folder in Hugging Face's format says is read, and what would run code is refused."""

import json
import subprocess

import pytest

from mishear.core.errors import UserError
from mishear.runtime.file_hashes import FileHashes
from mishear.study.model_folders import ModelFolder
from tests.hugging_face import FAMILIES, LABELS, write_folder


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    write_folder(folder, "wav2vec2")
    return folder


@pytest.fixture
def folder(written, tmp_path):
    """A folder of its own, with the files of a model that can be loaded."""
    for file in written.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return ModelFolder(tmp_path, "networks.mine")


def change(folder, name, **changes):
    """Change keys of a file; None removes one. Return the folder, to be read again."""
    file = folder.path / name
    content = json.loads(file.read_text()) | changes
    file.write_text(json.dumps({key: value for key, value in content.items() if value is not None}))
    return ModelFolder(folder.path, folder.where)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_transformers_writes_is_accepted(tmp_path, family):
    write_folder(tmp_path, family)
    folder = ModelFolder(tmp_path, "networks.mine")
    folder.check()
    assert folder.labels(None) == LABELS and folder.sampling_rate == 16000


CODE = {"AutoModelForAudioClassification": "modeling_mine.Mine"}
MISTAKES = {
    ("config.json", "auto_map", json.dumps(CODE)): "has the key auto_map: .* is never run here",
    ("preprocessor_config.json", "auto_map", "{}"): "preprocessor_config.json has the key auto_map",
    ("config.json", "model_type", '"whisper"'): "is 'whisper'. Supported are wav2vec2, hubert, wav",
    ("config.json", "architectures", '["Wav2Vec2ForCTC"]'): "is a Wav2Vec2ForCTC .*Wav2Vec2ForSeq",
    ("config.json", "quantization_config", '{"bits": 4}'): "weights are quantised",
    ("preprocessor_config.json", "feature_extractor_type", '"ASTFeatureExtractor"'): "takes what W",
    ("preprocessor_config.json", "sampling_rate", '"16 kHz"'): "sampling_rate in .*be '16 kHz'",
    ("preprocessor_config.json", "do_normalize", "1"): "do_normalize in .* cannot be 1",
    ("preprocessor_config.json", "feature_size", "2"): "feature_size in",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_cannot_be_loaded_soundly_is_refused_with_the_reason(folder, mistake):
    name, key, value = mistake
    with pytest.raises(UserError, match=MISTAKES[mistake]) as caught:
        change(folder, name, **{key: json.loads(value)}).check()
    assert str(caught.value).startswith(f"networks.mine.weights: '{folder.path}': ")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("config.json", "there is no config.json. Give the folder that save_pretrained wrote."),
        ("preprocessor_config.json", r"feature_extractor.save_pretrained\('"),
        ("model.safetensors", "there is no model.safetensors"),
    ],
)
def test_a_missing_file_is_named(folder, name, said):
    (folder.path / name).unlink()
    with pytest.raises(UserError, match=said):
        folder.check()


def test_json_that_is_none_is_refused(folder):
    (folder.path / "config.json").write_text("{")
    with pytest.raises(UserError, match="config.json cannot be read"):
        folder.check()


def test_an_adapter_is_refused(folder):
    (folder.path / "adapter_config.json").write_text("{}")
    with pytest.raises(UserError, match="Merge it into the model"):
        folder.check()


def test_a_pickle_is_refused_with_a_command_that_converts_it(folder):
    import torch
    from safetensors.torch import load_file

    file = folder.path / "model.safetensors"
    state = load_file(file)
    torch.save(state, folder.path / "pytorch_model.bin")
    file.unlink()
    with pytest.raises(UserError, match="are a pickle .* may run any code") as caught:
        folder.check()
    code = str(caught.value).partition('python -c "')[2].rpartition('"')[0]
    exec(code)
    ModelFolder(folder.path, folder.where).check()
    assert load_file(file).keys() == state.keys()


def test_files_that_an_index_names_must_be_in_the_folder(folder):
    (folder.path / "model.safetensors").rename(folder.path / "part.safetensors")
    index = folder.path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "part.safetensors"}}))
    names = ["config.json", "model.safetensors.index.json", "part.safetensors"]
    assert [file.name for file in folder.files()] == [*names, "preprocessor_config.json"]
    for other in ("../part.safetensors", "nowhere.safetensors"):
        index.write_text(json.dumps({"weight_map": {"a": other}}))
        with pytest.raises(UserError, match=f"names '{other}', which does not exist"):
            folder.check()


def test_labels_are_the_folders_or_names_for_its_outputs(folder):
    assert folder.labels(LABELS) == LABELS
    translated = ["links", "rechts", "halt"]
    assert folder.labels(translated) == translated
    with pytest.raises(UserError, match="output 0 is 'right' here and 'left' in"):
        folder.labels(["right", "left", "stop"])
    with pytest.raises(UserError, match="2 labels, but the model .* has 3 outputs"):
        folder.labels(["left", "right"])


def test_placeholders_are_no_labels(folder):
    names = {str(number): f"LABEL_{number}" for number in range(3)}
    folder = change(folder, "config.json", id2label=names)
    with pytest.raises(UserError, match="needs the key labels, because id2label"):
        folder.labels(None)
    assert folder.labels(LABELS) == LABELS
    folder = change(folder, "config.json", id2label=None)
    assert folder.outputs == ["LABEL_0", "LABEL_1"]


@pytest.mark.parametrize("names", [{"0": "a", "2": "b"}, {"0": "a", "1": "a"}, {"0": "a"}, ["a"]])
def test_each_output_needs_a_name_of_its_own(folder, names):
    with pytest.raises(UserError, match="id2label in config.json must give each"):
        _ = change(folder, "config.json", id2label=names).outputs


def test_the_digest_is_that_of_the_shell_and_of_the_content_alone(folder, tmp_path_factory):
    names = "config.json model.safetensors preprocessor_config.json"
    command = f"cd {folder.path} && sha256sum {names} | sha256sum"
    printed = subprocess.run(command, shell=True, capture_output=True, text=True, check=True).stdout
    assert printed.split()[0] == folder.digest(FileHashes())
    (folder.path / "README.md").write_text("Trained on words.")
    assert folder.digest(FileHashes()) == printed.split()[0]
    moved = ModelFolder(folder.path.rename(tmp_path_factory.mktemp("moved") / "folder"), "networks")
    assert moved.digest(FileHashes()) == printed.split()[0]
    config = moved.path / "config.json"
    config.write_text(config.read_text() + " ")
    assert moved.digest(FileHashes()) != printed.split()[0]
