"""Modules of classes are imported, or it is said why they cannot be."""

import sys
import tomllib
from pathlib import Path

import pytest

from mishear.core.errors import MissingPackage, UserError
from mishear.core.modules import PACKAGES, add_packages, dependencies, import_module


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Write the text of a module, and forget it in the end."""
    monkeypatch.syspath_prepend(tmp_path)

    def written(text):
        (tmp_path / "odd_module.py").write_text(text)
        monkeypatch.delitem(sys.modules, "odd_module", raising=False)
        return "odd_module"

    return written


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import sys; sys.exit(0)", r"ends the process by exit\(0\) when it is imported"),
        ("raise SystemExit", r"ends the process by exit\(\) when"),
        ("x = 1\nraise RuntimeError('not today')", r"RuntimeError: not today \(.*, line 2\)"),
        ("x = (", r"SyntaxError: .*odd_module\.py, line 1\)"),
        ("\nimport no_such_package", r"imports 'no_such_package' \(.*odd_module\.py, line 2\)"),
        ("import json.no_such", r"imports 'json\.no_such' \(.*, line 1\)"),
        ("from json import no_such", r"ImportError: cannot import name 'no_such'.*, line 1\)"),
        ("raise ImportError('failed to map segment from shared object')", "not enough memory"),
    ],
)
def test_a_module_that_cannot_be_imported_is_named_with_the_reason(module, text, said):
    with pytest.raises(UserError, match=said):
        import_module(module(text), "attacks.x.class")


@pytest.mark.parametrize("name", ["no_such_module", "no_such.module", "json.no_such.module"])
def test_where_ones_own_module_must_lie_is_said_where_it_is_not_found(name):
    with pytest.raises(UserError, match=f"cannot import '{name}' .*in the working directory"):
        import_module(name, "attacks.x.class")


def test_want_of_memory_for_a_dependency_is_said_as_such():
    with pytest.raises(UserError, match="not enough memory"), dependencies("here"):
        raise ImportError("libtorch_cpu.so: cannot allocate memory in static TLS block")
    with pytest.raises(MissingPackage, match="soundfile"), dependencies("here"):
        raise ModuleNotFoundError("No module named 'soundfile'", name="soundfile")
    with pytest.raises(ImportError, match="another reason"), dependencies("here"):
        raise ImportError("another reason")


def test_packages_are_those_of_the_project():

    project = Path(__file__).parents[3] / "pyproject.toml"
    lines = tomllib.loads(project.read_text())["project"]["dependencies"]
    names = {line.split(">")[0].split("=")[0] for line in lines}
    assert set(PACKAGES.values()) - {"eagerpy"} <= names


def test_folders_of_packages_come_last_and_once(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    add_packages(tmp_path)
    add_packages(tmp_path)
    assert sys.path.count(str(tmp_path)) == 1
    assert sys.path[-1] == str(tmp_path)
