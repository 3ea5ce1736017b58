"""The definition of a network for jobs, and the files of one that came trained."""

from mishear.config.networks import Network
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
    assert network_definition(network, WHERE) == {"class": "M5", "params": {"channels": 4}}


def test_a_file_has_the_labels_of_the_config_and_its_own_hash(tmp_path):
    file = tmp_path / "mine.pt"
    file.write_bytes(b"numbers")
    network = Network(**{"class": "M5", "weights": str(file), "labels": ["a", "b"]})
    assert network_definition(network, WHERE)["labels"] == ["a", "b"]
    assert weights_files(network, WHERE) == [file] == [weights_path(network)]
    assert weights_hash(network, WHERE, FileHashes()) == sha256(file)


def test_a_folder_has_the_labels_of_its_config_and_the_hash_of_its_files(tmp_path):
    write_folder(tmp_path, "hubert")
    network = Network(**{"class": "HuggingFace", "weights": str(tmp_path)})
    expected = {"class": "HuggingFace", "params": {}, "labels": LABELS}
    assert network_definition(network, WHERE) == expected
    assert labels_of(network, WHERE) == LABELS
    names = ["config.json", "model.safetensors", "preprocessor_config.json"]
    assert [file.name for file in weights_files(network, WHERE)] == names
    before = weights_hash(network, WHERE, FileHashes())
    (tmp_path / "preprocessor_config.json").write_text('{"do_normalize": false}')
    assert weights_hash(network, WHERE, FileHashes()) != before
