"""Names stand for the same wherever they were imported and however they were renamed."""

import importlib
import itertools
import sys

import pytest

from mishear.runtime.fingerprint.resolving import Source, find, full_names, module_of


@pytest.fixture
def resolved(tmp_path):
    """What a name in the last statement of a module stands for."""

    def resolved(text, name):
        files = {"m.py": text, "other.py": "from subprocess import run\nstart = run\n"}
        files |= {"package/__init__.py": "", "package/sub.py": "import subprocess as s\n"}
        files |= {"torch/notes.txt": ""}
        for file, content in files.items():
            (tmp_path / file).parent.mkdir(exist_ok=True)
            (tmp_path / file).write_text(content)
        source = Source("m", str(tmp_path / "m.py"))
        return full_names(name, module_of(source).order[-1], source, (str(tmp_path),))

    return resolved


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import subprocess\nf = 1", "subprocess.run"),
        ("import subprocess as s\nf = 1", "s.run"),
        ("from subprocess import run\nf = 1", "run"),
        ("from subprocess import run as r\nf = 1", "r"),
        ("import subprocess\ns = subprocess\nr = s.run\nf = 1", "r"),
        ("def f():\n    import subprocess as s", "s.run"),
        ("def f():\n    import subprocess\n    s = t = subprocess", "t.run"),
        ("import subprocess\ndef f(r=subprocess.run): pass", "r"),
        ("from other import start\nf = 1", "start"),
        ("import other\nf = 1", "other.start"),
        ("import other as o\nf = 1", "o.run"),
        ("import package.sub\nf = 1", "package.sub.s.run"),
        ("from package import sub\nf = 1", "sub.s.run"),
        ("from package.sub import s\nf = 1", "s.run"),
    ],
)
def test_every_spelling_has_one_full_name(resolved, text, name):
    assert resolved(text, name) == {"subprocess.run"}


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("f = 1", "eval", {"builtins.eval"}),
        ("e = eval\nd = e\nf = 1", "d", {"builtins.eval"}),
        ("import builtins as b\nf = 1", "b.eval", {"builtins.eval"}),
        ("def eval(): pass", "eval", set()),
        ("f = 1", "unknown.run", set()),
        ("a = b\nb = a\nf = 1", "a", set()),
        ("def f(path): path = path.parent", "path", set()),
        ("try:\n    import a as c\nexcept ImportError:\n    import b as c", "c.f", {"a.f", "b.f"}),
        ("import torch as t\nf = 1", "t.load", {"torch.load"}),
    ],
)
def test_what_a_name_stands_for(resolved, text, name, expected):
    assert resolved(text, name) == expected


def test_mishear_is_told_from_others():
    assert Source("mishear.core.files", "").is_own
    assert Source("", "script.py").is_own
    assert not Source("mishearing", "").is_own


@pytest.mark.parametrize(
    ("module", "path", "package"),
    [("a.b", "a/b.py", "a"), ("a.b", "a/b/__init__.py", "a.b"), ("a", "a.py", "")],
)
def test_the_package_is_that_of_relative_imports(module, path, package):
    assert Source(module, path).package == package


FILES = ("p/__init__.py", "p.py", "p/a.py", "p/a/__init__.py", "p/a/b.py")


@pytest.mark.parametrize("module", ["p", "p.a", "p.a.b"])
def test_a_module_is_found_where_python_finds_it(tmp_path, monkeypatch, module):
    """Packages and modules come before folders of their names, wherever these lie."""
    subsets = [set(each) for size in range(4) for each in itertools.combinations(FILES, size)]
    for number, (first, second) in enumerate(itertools.product(subsets, repeat=2)):
        roots = [tmp_path / f"{number}" / name for name in ("first", "second")]
        for root, files in zip(roots, (first, second), strict=True):
            for file in files:
                (root / file).parent.mkdir(parents=True, exist_ok=True)
                (root / file).touch()
        found = find(module, tuple(map(str, roots)))
        assert (found and found.path) == spec_of(module, roots, monkeypatch), (first, second)


def spec_of(module, roots, monkeypatch):
    """Return the file of a module or its first folder, as Python finds it in folders alone."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "p"]:
        del sys.modules[name]
    monkeypatch.setattr(sys, "path", list(map(str, roots)))
    importlib.invalidate_caches()
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return None
    return spec and (spec.origin or next(iter(spec.submodule_search_locations)))
