"""Modules are found where Python finds them, and names lead to their parts."""

import pytest

from mishear.runtime.fingerprint.following import (
    LOADED,
    WHOLE,
    Part,
    follow,
    named,
)
from mishear.runtime.fingerprint.imports import libraries_of
from mishear.runtime.fingerprint.resolving import Source, find


@pytest.fixture
def roots(tmp_path):
    files = {
        "a/package/__init__.py": "from .inner import f\n",
        "a/package/inner.py": "import numpy as np\ndef f(): return np.x, g()\ndef g(): pass\n",
        "b/package/__init__.py": "",
        "b/alone.py": "print(1)\nx = 1\n",
        "b/folder/data.csv": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return str(tmp_path / "a"), str(tmp_path / "b")


def test_the_first_folder_wins(roots):
    assert find("package", roots) == Source("package", f"{roots[0]}/package/__init__.py")
    assert find("alone", roots).path == f"{roots[1]}/alone.py"
    assert find("folder", roots).path == f"{roots[1]}/folder"
    assert find("missing", roots) is None


def test_names_are_followed_to_all_that_they_use(roots):
    seen = follow(named("package.f", roots), roots)
    inner = find("package.inner", roots)
    assert {Part(inner, "f"), Part(inner, "g"), Part(inner, LOADED)} <= seen
    assert Part(inner, WHOLE) not in seen
    assert libraries_of(Part(inner, "np.x"), roots) == {"numpy"}
    assert Part(inner, "np.x") in seen
    assert libraries_of(Part(inner, "g"), roots) == set()


def test_a_folder_without_a_package_may_stand_for_a_library(roots):
    source = Source("m", f"{roots[1]}/m.py")
    with open(source.path, "w") as file:
        file.write("import folder, alone\nx = folder.y, alone.x\n")
    assert libraries_of(Part(source, "folder"), roots) == {"folder"}
    assert libraries_of(Part(source, "alone"), roots) == set()


IMPORTS = [
    ("from importlib import import_module as load", "load('package.inner')"),
    ("import importlib as i", "i.import_module('package.inner')"),
    ("import importlib\nload = importlib.import_module", "load('package.inner')"),
    ("import importlib", "getattr(importlib, 'import_module')('package.inner')"),
    ("import importlib", "importlib.import_module(name='package.' + 'inner')"),
    ("import importlib", "importlib.import_module('.inner', 'package')"),
    ("import package.lazy", "package.lazy.inner"),
    ("import builtins as b", "b.__import__('package.inner')"),
    ("import runpy", "runpy.run_module('package.inner')"),
    ("from pkgutil import resolve_name as r", "r('package.inner:f')"),
    ("from pydoc import locate", "locate('package.inner.f')"),
]


@pytest.mark.parametrize(("first", "use"), IMPORTS)
def test_modules_imported_by_their_text_are_followed(roots, first, use):
    lazy = "import importlib\ninner = importlib.import_module('.inner', __package__)\n"
    with open(f"{roots[0]}/package/lazy.py", "w") as file:
        file.write(lazy)
    with open(f"{roots[0]}/m.py", "w") as file:
        file.write(f"{first}\ndef f(): return {use}\n")
    inner = find("package.inner", roots)
    assert Part(inner, "f") in follow(named("m.f", roots), roots)
