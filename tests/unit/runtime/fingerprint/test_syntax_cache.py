"""What is kept of a module is what its source says now."""

import json
import os
import sys

import pytest

from mishear.runtime.fingerprint import syntax_cache
from mishear.runtime.fingerprint.syntax import Module, read_statements
from mishear.runtime.fingerprint.syntax_cache import read_module

BEFORE = "import os.path as p\nfrom . import near\n\n@near.one\nclass A(near.B):\n    x = p.sep\n"
AFTER = BEFORE + "print(A)\n"


@pytest.fixture(autouse=True)
def keeping(monkeypatch):
    """Python keeps bytecode, whatever the environment says."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


@pytest.fixture
def source(tmp_path):
    """A module of the package ``a``, with its content."""
    file = tmp_path / "m.py"
    file.write_text(BEFORE)
    return file


@pytest.fixture
def parsed(monkeypatch):
    """The files that are parsed, in their order."""
    files = []

    def counting(source, file, package):
        files.append(file)
        return read_statements(source, file, package)

    monkeypatch.setattr(syntax_cache, "read_statements", counting)
    return files


def _fresh(text, package="a"):
    return Module.of(read_statements(text.encode(), "m.py", package))


def kept(file):
    (found,) = (file.parent / "__pycache__").glob("*")
    return found


def test_what_was_kept_is_what_was_read(source, parsed):
    assert read_module(source, "a") == read_module(source, "a") == _fresh(BEFORE)
    assert len(parsed) == 1


def test_a_change_is_seen_whatever_the_times_say(source, parsed):
    read_module(source, "a")
    times = source.stat()
    source.write_text(AFTER)
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert read_module(source, "a") == _fresh(AFTER)
    assert len(parsed) == 2


def test_relative_imports_are_those_of_the_package_asked_for(source):
    assert read_module(source, "a") != read_module(source, "b")
    assert read_module(source, "b") == _fresh(BEFORE, "b")


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\xff\x00", b"[]", b"{}", b'{"key": 1}', b'"text"', "cut", "fewer fields", "no list"],
)
def test_what_somebody_else_wrote_is_not_believed(source, parsed, garbage):
    read_module(source, "a")
    file = kept(source)
    content = json.loads(file.read_bytes())
    if garbage == "cut":
        garbage = file.read_bytes()[:-20]
    elif garbage == "fewer fields":
        content["statements"][0].pop()
        garbage = json.dumps(content).encode()
    elif garbage == "no list":
        content["statements"] = [3]
        garbage = json.dumps(content).encode()
    file.write_bytes(garbage)
    assert read_module(source, "a") == _fresh(BEFORE)
    assert len(parsed) == 2


def test_nothing_is_kept_where_no_bytecode_is(source, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    read_module(source, "a")
    assert not (source.parent / "__pycache__").exists()


def test_a_folder_that_cannot_be_written_is_no_error(source):
    (source.parent / "__pycache__").write_text("a file")
    assert read_module(source, "a") == _fresh(BEFORE)


def test_what_is_not_python_is_an_error_each_time(source):
    source.write_text("def f(:\n")
    for _ in range(2):
        with pytest.raises(SyntaxError, match="m.py"):
            read_module(source, "a")
