"""A victim that is a folder of the user's is refused as soon as the folder is another one."""

import pytest

from mishear.core.errors import UserError
from mishear.study.model_folders import ModelFolder
from mishear.training.references import read_reference, write_reference
from tests.hugging_face import write_folder


@pytest.fixture
def victim(tmp_path):
    write_folder(tmp_path / "model", "wavlm")
    write_reference(ModelFolder(tmp_path / "model", "networks.mine"), tmp_path / "victim.pt")
    return tmp_path / "victim.pt"


def test_the_folder_is_found_and_nothing_of_it_is_copied(victim, tmp_path):
    assert read_reference(victim).path == tmp_path / "model"
    assert victim.stat().st_size < 1000


@pytest.mark.parametrize("name", ["config.json", "preprocessor_config.json", "model.safetensors"])
def test_a_file_that_is_another_one_or_missing_is_refused(victim, tmp_path, name):
    file = tmp_path / "model" / name
    content = file.read_bytes()
    file.write_bytes(content + b" ")
    with pytest.raises(UserError, match=f"{name}' has changed. .* delete"):
        read_reference(victim)
    file.unlink()
    with pytest.raises(UserError, match=f"{name}' is missing"):
        read_reference(victim)
    file.write_bytes(content)
    read_reference(victim)
