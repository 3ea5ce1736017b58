"""Jobs depend on the versions of libraries that decide numbers, and on folders of the user's."""

import sys
from importlib.metadata import version

import pytest

from mishear.runtime import distributions
from mishear.runtime.distributions import source_folders, unversioned, versions_of


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A function that installs a package of the user's in a folder of packages."""
    folder = tmp_path / "site-packages"

    def install(number="1.0", content="abc"):
        about = folder / "mine_too-1.0.dist-info"
        (folder / "mine").mkdir(parents=True, exist_ok=True)
        (folder / "mine" / "__init__.py").write_text("")
        about.mkdir(exist_ok=True)
        about.joinpath("METADATA").write_text(f"Name: mine-too\nVersion: {number}\n")
        about.joinpath("top_level.txt").write_text("mine\n")
        about.joinpath("RECORD").write_text(f"mine/__init__.py,sha256={content},0\n")
        distributions._distribution.cache_clear()
        distributions._version.cache_clear()
        return folder

    monkeypatch.syspath_prepend(install())
    yield install
    distributions._distribution.cache_clear()
    distributions._version.cache_clear()


def test_versions_are_those_of_the_libraries_that_decide_numbers():
    found = versions_of({"torch", "numpy", "pandas", "os", "not_there"}, (), ())
    assert found == f"numpy {version('numpy')}, torch {version('torch')}"


def test_of_other_code_all_libraries_count():
    assert versions_of((), {"pandas", "os"}, ()) == f"pandas {version('pandas')}"


def test_the_name_of_a_package_may_be_another_than_that_of_its_module(installed):
    assert versions_of((), {"mine"}, ()) == "mine-too 1.0"
    installed("2.0")
    assert versions_of((), {"mine"}, ()) == "mine-too 2.0"


def test_a_package_with_a_class_of_the_config_counts_by_its_files(installed):
    before = versions_of((), (), {"mine"})
    assert before.startswith("mine-too 1.0 (")
    installed(content="def")
    assert versions_of((), (), {"mine"}) != before
    installed()
    assert versions_of((), (), {"mine"}) == before


def test_a_class_of_no_package_is_told():
    assert unversioned({"os", "torch", "nowhere"}) == ["nowhere"]


def test_folders_of_the_user_are_searched_and_those_of_packages_are_not(tmp_path, installed):
    folders = [tmp_path / "a", tmp_path / "b", installed()]
    for folder in folders[:2]:
        folder.mkdir()
    environment = ":".join(map(str, [*folders, tmp_path / "missing", folders[0], ""]))
    found = source_folders(["mine", "torch", "os", "nowhere"], environment)
    assert found == [str(folder) for folder in folders[:2]]


def test_a_package_that_is_installed_as_a_link_is_followed_to_its_source(tmp_path, monkeypatch):
    (tmp_path / "project" / "linked").mkdir(parents=True)
    (tmp_path / "project" / "linked" / "__init__.py").write_text("raise SystemExit")
    (tmp_path / "project" / "alone.py").write_text("raise SystemExit")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "project")])
    for name in ("linked", "alone"):
        assert source_folders([name]) == [str(tmp_path / "project")]
