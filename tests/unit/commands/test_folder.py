"""Where the workflow is."""

from pathlib import Path, PurePosixPath

import pytest

from mishear.commands import folder
from mishear.commands.folder import workflow_folder
from mishear.commands.main import main
from mishear.core.errors import UserError
from tests.projects import REPOSITORY


class Installed:
    """A file of an installed package."""

    def __init__(self, path: PurePosixPath):
        self.path = path

    def locate(self) -> Path:
        return Path(self.path)


def test_in_a_clone_it_is_the_repository(capsys):
    assert main(["folder"]) == 0
    assert capsys.readouterr().out.strip() == str(REPOSITORY)


def test_beside_an_installed_library_it_is_among_the_shared_files(tmp_path, monkeypatch):
    snakefile = tmp_path / "share/mishear/workflow/Snakefile"
    snakefile.parent.mkdir(parents=True)
    snakefile.touch()
    found = [Installed(tmp_path / "lib/mishear/__init__.py"), Installed(snakefile)]
    monkeypatch.setattr(folder, "files", lambda name: found)
    assert workflow_folder(tmp_path) == tmp_path / "share/mishear"


def test_without_it_the_message_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "files", lambda name: None)
    with pytest.raises(UserError, match="pip install"):
        workflow_folder(tmp_path)
