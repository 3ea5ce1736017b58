"""The user's code is looked for in folders of source, and not in those of installed packages."""

import sys

import pytest

from mishear.runtime.fingerprint import source_folders as under_test
from mishear.runtime.fingerprint.source_folders import folders_listed, source_folders


@pytest.fixture
def searched(tmp_path, monkeypatch):
    """A function that makes a folder with modules and puts it on Python's search path."""
    under_test.folders_of.cache_clear()
    monkeypatch.setattr(sys, "path", list(sys.path))

    def make(name, *files):
        for file in files:
            (tmp_path / name / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / file).write_text("raise SystemExit")
        sys.path.append(str(tmp_path / name))
        return str(tmp_path / name)

    yield make
    under_test.folders_of.cache_clear()


@pytest.mark.parametrize("file", ["linked/__init__.py", "linked.py", "linked/inner/__init__.py"])
def test_a_module_is_followed_to_its_source_without_being_imported(searched, file):
    assert source_folders(["linked", "nowhere", "os", "torch"]) == []
    under_test.folders_of.cache_clear()
    folder = searched("project", file)
    assert source_folders(["linked", "nowhere", "os", "torch"]) == [folder]


def test_a_namespace_may_lie_in_several_folders(searched):
    folders = [searched("a", "corp/models.py"), searched("b", "corp/helpers/__init__.py")]
    searched("site-packages", "corp/installed.py")
    assert source_folders(["corp"]) == folders


def test_folders_listed_are_those_of_source(tmp_path):
    folders = [tmp_path / name for name in ("a", "b", "site-packages")]
    for folder in folders:
        folder.mkdir()
    environment = ":".join(map(str, [*folders, tmp_path / "missing", folders[0], ""]))
    assert folders_listed(environment) == list(map(str, folders[:2]))
