"""Folders that code adds to sys.path are read from it, and what cannot be read is told."""

import os

import pytest

from mishear.runtime.fingerprint.resolving import Source, module_of
from mishear.runtime.fingerprint.search_paths import Change, adds_folders, changes_in


@pytest.fixture
def read(tmp_path, monkeypatch):
    """A function that reads a module ``a/b/mine.py``."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "a" / "b" / "mine.py"
    file.parent.mkdir(parents=True)

    def read_text(text):
        file.write_text(text)
        return adds_folders(module_of(Source("mine", str(file)))), changes_in(str(file))

    changes_in.cache_clear()
    module_of.cache_clear()
    return read_text


BESIDE = "a/b/lib"
ABOVE = "a/lib"


@pytest.mark.parametrize(
    ("folder", "is_first", "text"),
    [
        (BESIDE, True, "import os, sys\nsys.path.insert(0, os.path.dirname(__file__) + '/lib')"),
        (
            BESIDE,
            True,
            "import sys\nfrom os.path import join, dirname as d, abspath\n"
            "if True:\n    sys.path.insert(1, join(abspath(d(__file__)), 'lib'))",
        ),
        (ABOVE, False, "import os.path as p, sys\nsys.path.append(p.join(__file__, '../../lib'))"),
        (
            ABOVE,
            False,
            "import os, sys as s\nHERE = os.path.realpath(__file__)\n"
            "s.path.append(f'{HERE}/{os.pardir}/../lib')",
        ),
        (
            BESIDE,
            False,
            "from sys import path as P\nfrom pathlib import Path\n"
            "P.extend([str(Path(__file__).resolve().parent / 'lib')])",
        ),
        (
            ABOVE,
            False,
            "import pathlib, sys\nROOT: str = pathlib.Path(__file__).parents[1].joinpath('lib')\n"
            "def f():\n    sys.path += [ROOT.as_posix()]",
        ),
        ("lib", True, "import sys\nsys.path[:0] = ['lib']"),
        ("lib", True, "import os, sys\nsys.path = [os.getcwd() + '/lib', *sys.path]"),
        ("lib", True, "import sys\nsys.path = ['lib'] + sys.path"),
        ("lib", True, "import sys\nfound = sys.path\nfound.insert(0, 'lib')"),
        ("lib", False, "import site\nsite.addsitedir('lib')"),
        ("lib", False, "from site import addsitedir as add\nadd('lib')"),
    ],
)
def test_a_folder_is_read_from_the_code(read, tmp_path, folder, is_first, text):
    adds, (change,) = read(text)
    assert adds
    assert change[1:] == (os.path.join(tmp_path, folder), is_first)


@pytest.mark.parametrize(
    "text",
    [
        "import sys\nsys.path.insert(0, input())",
        "import sys\nlib = 'a'\nlib = 'b'\nsys.path.append(lib)",
        "import sys\nlib = 'a'\ndef f(lib):\n    sys.path.append(lib)",
        "import sys\nfor lib in 'ab':\n    sys.path.append(lib)",
        "import sys\ndef f(*libs):\n    sys.path.extend(libs)",
        "import sys\nsys.path += map(str, [1])",
        "import sys\nlib = lib + 'a'\nsys.path.append(lib)",
        "import os, sys\nsys.path.append(os.environ['LIB'])",
    ],
)
def test_what_only_running_the_code_tells_has_no_folder(read, text):
    adds, (change,) = read(text)
    assert adds
    assert change == Change(len(text.splitlines()), None, "insert" in text)


@pytest.mark.parametrize(
    "text",
    [
        "import sys\nprint(sys.path, sys.path[0], 'lib' in sys.path)",
        "import sys\ndel sys.path[0]\nsys.path.remove('lib')",
        "import os\nos.path.join('a', 'b')",
        "path = []\npath.append('lib')",
    ],
)
def test_other_code_adds_nothing(read, text):
    assert read(text)[1] == ()
