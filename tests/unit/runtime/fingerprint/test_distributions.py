"""Jobs depend on the versions of libraries that decide numbers, and on the user's packages."""

from importlib.metadata import version

import pytest

from mishear.runtime.file_hashes import FileHashes
from mishear.runtime.fingerprint import distributions
from mishear.runtime.fingerprint.distributions import is_link, unversioned, versions_of


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A function that installs a package of the user's in a folder of packages."""
    folder = tmp_path / "site-packages"

    def install(number="1.0", content="a = 1"):
        about = folder / "mine_too-1.0.dist-info"
        (folder / "mine" / "inner").mkdir(parents=True, exist_ok=True)
        (folder / "mine" / "__init__.py").write_text("")
        (folder / "mine" / "inner" / "net.py").write_text(content)
        about.mkdir(exist_ok=True)
        about.joinpath("METADATA").write_text(f"Name: mine-too\nVersion: {number}\n")
        about.joinpath("top_level.txt").write_text("mine\n")
        about.joinpath("RECORD").write_text(
            "mine/__init__.py,,\nmine/inner/net.py,,\nmine_too-1.0.dist-info/METADATA,,\n"
            "mine/__pycache__/__init__.cpython-311.pyc,,\n../../bin/mine,,\n"
        )
        forget()
        return folder

    def forget():
        for kept in ("_distributions", "_packages", "_content"):
            getattr(distributions, kept).cache_clear()

    monkeypatch.syspath_prepend(install())
    yield install
    forget()


def versions(modules=(), others=(), classes=()):
    return versions_of(modules, others, classes, FileHashes())


def test_versions_are_those_of_the_libraries_that_decide_numbers():
    found = versions({"torch", "numpy", "pandas", "os", "not_there"})
    assert found == f"numpy {version('numpy')}, torch {version('torch')}"


def test_of_other_code_all_libraries_count():
    assert versions((), {"pandas", "os"}, ()) == f"pandas {version('pandas')}"


def test_the_name_of_a_package_may_be_another_than_that_of_its_module(installed):
    assert versions((), {"mine"}, ()) == "mine-too 1.0"
    installed("2.0")
    assert versions((), {"mine"}, ()) == "mine-too 2.0"


def edit(folder):
    (folder / "mine" / "inner" / "net.py").write_text("a = 2")


def add(folder):
    (folder / "mine" / "inner" / "new.py").write_text("")


def remove(folder):
    (folder / "mine" / "inner" / "net.py").unlink()


def mention(folder):
    (folder / "mine_too-1.0.dist-info" / "direct_url.json").write_text("{}")


def compile_it(folder):
    (folder / "mine" / "__pycache__").mkdir()
    (folder / "mine" / "__pycache__" / "__init__.cpython-311.pyc").write_text("")


@pytest.mark.parametrize("change", [edit, add, remove])
def test_a_package_with_a_class_of_the_config_counts_by_its_files(installed, change):
    before = versions(classes={"mine"})
    assert before.startswith("mine-too 1.0 (")
    change(installed())
    distributions._content.cache_clear()
    assert versions(classes={"mine"}) != before


@pytest.mark.parametrize("change", [mention, compile_it])
def test_what_is_written_by_the_installation_does_not_count(installed, change):
    before = versions(classes={"mine"})
    change(installed())
    distributions._content.cache_clear()
    assert versions(classes={"mine"}) == before


def test_files_count_wherever_else_the_package_is_mentioned(installed):
    assert versions({"mine"}, {"mine"}, {"mine"}) == versions(classes={"mine"})


def test_the_files_of_large_libraries_of_mishear_do_not_count():
    assert versions(classes={"torch"}) == f"torch {version('torch')}"


def test_files_that_did_not_change_are_not_read_again(installed, tmp_path, monkeypatch):
    monkeypatch.setattr("mishear.runtime.file_hashes.UNSETTLED_NS", -1)
    kept = tmp_path / "hashes.json"
    before = versions_of((), (), {"mine"}, FileHashes(kept))
    monkeypatch.setattr("mishear.runtime.file_hashes._sha256", None)
    assert versions_of((), (), {"mine"}, FileHashes(kept)) == before


def test_a_link_to_its_source_is_told_from_a_copy(installed):
    folder = installed()
    assert not is_link("mine")
    about = '{"url": "file:///nowhere", "dir_info": {"editable": true}}'
    (folder / "mine_too-1.0.dist-info" / "direct_url.json").write_text(about)
    assert is_link("mine")
    assert not is_link("torch")
    assert not is_link("os")


def test_a_class_of_no_package_is_told():
    assert unversioned({"os", "torch", "nowhere"}) == ["nowhere"]
