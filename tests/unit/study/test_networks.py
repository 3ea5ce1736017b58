"""The definition of a network for jobs, and the files of one that came trained."""

from mishear.config.networks import Network
from mishear.core.canonical import Unrecorded, canonical
from mishear.core.files import sha256
from mishear.runtime.file_hashes import FileHashes
from mishear.study.networks import (
    labels_of,
    network_definition,
    weights_files,
    weights_hash,
    weights_path,
)
from tests.hugging_face import LABELS, write_folder

WHERE = "networks.mine"


def test_an_untrained_network_has_no_labels():
    network = Network(**{"class": "M5", "params": {"channels": 4}})
    assert network_definition(network, WHERE, 8000) == {"class": "M5", "params": {"channels": 4}}


def test_a_file_has_the_labels_of_the_config_and_its_own_hash(tmp_path):
    file = tmp_path / "mine.pt"
    file.write_bytes(b"numbers")
    network = Network(**{"class": "M5", "weights": str(file), "labels": ["a", "b"]})
    assert network_definition(network, WHERE, 8000)["labels"] == ["a", "b"]
    assert weights_files(network, WHERE) == [file] == [weights_path(network)]
    assert weights_hash(network, WHERE, FileHashes()) == sha256(file)


def test_a_folder_has_the_labels_of_its_config_and_the_hash_of_its_files(tmp_path):
    write_folder(tmp_path, "hubert")
    network = Network(**{"class": "HuggingFace", "weights": str(tmp_path)})
    expected = {"class": "HuggingFace", "params": {}, "labels": LABELS}
    assert network_definition(network, WHERE, 8000) == expected
    assert labels_of(network, WHERE) == LABELS
    names = ["config.json", "model.safetensors", "preprocessor_config.json"]
    assert [file.name for file in weights_files(network, WHERE)] == names
    before = weights_hash(network, WHERE, FileHashes())
    (tmp_path / "preprocessor_config.json").write_text('{"do_normalize": false}')
    assert weights_hash(network, WHERE, FileHashes()) != before


def test_a_model_that_gives_only_scores_is_told_its_sample_rate_and_no_result_depends_on_patience():
    patient, hasty = (
        network_definition(Network(command=["a"], labels=["a", "b"], timeout=t), "networks.x", 8000)
        for t in (1, 60)
    )
    assert patient["scores_only"]["sample_rate"] == 8000
    assert patient["scores_only"]["timeout"] == 1 and hasty["scores_only"]["timeout"] == 60
    assert repr(patient) == repr(hasty)
    assert canonical(patient) == canonical(hasty)
    assert Unrecorded(2) + 1 == 3


def test_words_of_a_command_that_are_files_are_files_of_the_model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "serve.py").touch()
    network = Network(command=["python", "serve.py", "-v"], files=["w.npz"], labels=["a", "b"])
    assert list(map(str, weights_files(network, WHERE))) == ["w.npz", "serve.py"]
    (tmp_path / "w.npz").write_text("numbers")
    before = weights_hash(network, WHERE, FileHashes())
    (tmp_path / "serve.py").write_text("print(1)")
    assert weights_hash(network, WHERE, FileHashes()) != before
    assert (
        weights_files(Network(class_="my.Model", scores_only=True, labels=["a", "b"]), WHERE) == []
    )
