"""What a statement is written as, and what is noted in it."""

import ast

import pytest

from mishear.runtime import scanning
from mishear.runtime.scanning import Scan


def scan(text):
    found = Scan()
    found.add(ast.parse(text).body)
    return found


def test_tokens_leave_out_what_is_no_code():
    first = scan('def f():\n    """Text."""\n    return (1)  # why')
    assert first.tokens == scan("def f(): return 1").tokens
    assert first.tokens != scan("def f(): return 2").tokens


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x = 'a.npy'", {"a.npy"}),
        ("x = y / 'b' / 'a.npy'", {"a.npy", "b/a.npy"}),
        ("x = join(y, 'b', 'a.npy')", {"a.npy", "b/a.npy"}),
        ("x = 'no name'", set()),
        ("'''A text about a.npy'''", set()),
        ("x = 'several\\nlines.npy'", set()),
    ],
)
def test_texts_that_may_name_files(text, names):
    assert scan(text).texts == names


@pytest.mark.parametrize("text", ["f.__globals__", "g().__globals__", "getattr(f, '__globals__')"])
def test_marks_are_attributes_or_texts(text):
    assert scan(f"x = {text}").marks == {"__globals__"}


def test_modules_are_imported_by_name_as_it_stands():
    assert scan("x = import_module('a.b'); y = __import__('c')").modules == {"a.b", "c"}


@pytest.mark.parametrize(
    ("call", "what"),
    [
        ("open(x)", scanning.READS),
        ("open(x, 'rb')", scanning.READS),
        ("x.open()", scanning.READS),
        ("torch.load(x)", scanning.READS),
        ("import_module(x)", scanning.IMPORTS_BY_TEXT),
        ("eval(x)", scanning.RUNS_TEXT),
        ("os.system(x)", scanning.STARTS),
        ("os.environ.get(x)", scanning.ENVIRONMENT),
        ("open(x, 'w')", None),
        ("open(x, mode='ab')", None),
        ("network.load(x)", None),
        ("eval('x')", None),
    ],
)
def test_what_the_code_does_not_show(call, what):
    assert scan(f"\ny = {call}").unseen == ([(2, what)] if what else [])
