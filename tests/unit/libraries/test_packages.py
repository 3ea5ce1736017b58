"""Other libraries are installed in a folder of their own, or it is said why not."""

import sys
from pathlib import Path

import pytest

from mishear.core.errors import UserError
from mishear.core.modules import add_packages
from mishear.core.parameters import check_params
from mishear.libraries import packages as library_packages
from mishear.libraries.defences import AdvertorchFilter, ArtPreprocessor
from mishear.libraries.packages import (
    REQUIREMENTS,
    import_library,
    install,
    installed,
    read_requirements,
    write_installed,
)
from tests.projects import write_wheel

ROOT = Path(__file__).parents[3]
BOUNDS = (-80.0, 40.0)


def test_every_requirement_is_pinned_and_none_is_an_address():
    requirements = read_requirements(ROOT / REQUIREMENTS)
    assert len(requirements) > 5
    for requirement in requirements:
        name, _, version = requirement.partition("==")
        assert name and version and "/" not in requirement


def test_packages_are_installed_and_listed(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    folder = tmp_path / "packages"
    install([write_wheel(tmp_path, "libraryone", "1.2")], folder)
    assert installed(folder) == ["libraryone==1.2"]
    write_installed(folder, tmp_path / "packages.txt")
    assert (tmp_path / "packages.txt").read_text() == "libraryone==1.2\n"
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []


def test_a_package_that_cannot_be_had_is_said_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    folder = tmp_path / "packages"
    with pytest.raises(UserError, match=r"(?s)no-such-package.*PIP_FIND_LINKS"):
        install(["no-such-package==1.0"], folder)
    assert list(tmp_path.iterdir()) == []


def test_an_environment_without_pip_is_said_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(library_packages, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"no pip.*ensurepip"):
        install(["advertorch==0.2.3"], tmp_path / "packages")


def test_packages_take_the_place_of_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "json.py").write_text("raise RuntimeError('shadowed')\n")
    add_packages(tmp_path)
    add_packages(tmp_path)
    assert sys.path.count(str(tmp_path)) == 1
    assert sys.path[-1] == str(tmp_path)


def test_a_library_that_is_not_there_is_said_with_what_to_do():
    with pytest.raises(UserError, match=r"no_such_library.*pip install --no-deps"):
        import_library("no_such_library.defences")


@pytest.mark.parametrize(
    ("adapter", "params", "message"),
    [
        (ArtPreprocessor, {"preprocessor": "PixelDefend"}, "preprocessor: 'PixelDefend'"),
        (AdvertorchFilter, {"filter": "Median"}, "filter: 'Median'"),
        (AdvertorchFilter, {}, "needs 'filter'"),
    ],
)
def test_components_are_checked_without_their_library(adapter, params, message):
    with pytest.raises(UserError, match=message):
        check_params(adapter, params, "defences.mine", given=("bounds",))


def test_a_defence_states_its_gradient_without_its_library():
    assert ArtPreprocessor(BOUNDS, "TotalVarMin").gradient == "eot"
    assert AdvertorchFilter(BOUNDS, "MedianSmoothing2D", kernel_size=3).gradient == "exact"
