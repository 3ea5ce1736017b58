"""What a statement is written as, and what is noted in it."""

import ast

import pytest

from mishear.runtime.fingerprint.scanning import Scan, absolute


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


@pytest.mark.parametrize(
    "code", ["f('__glo' + 'bals__')", "f(f'__globals__')", "f(f'{\"__glo\"}bals__')"]
)
def test_texts_are_also_joined_from_parts(code):
    assert scan(code).marks == {"__globals__"}


@pytest.mark.parametrize(
    ("call", "given"),
    [
        ("import_module('a.b')", ("import_module", "a.b")),
        ("i.import_module(name='a.b')", ("i.import_module", "a.b")),
        ("run_module(mod_name='a')", ("run_module", "a")),
        ("f('.b', 'a')", ("f", "a.b")),
        ("f('.b', package='a')", ("f", ".b")),
        ("f('..b', 'a.c')", ("f", "a.b")),
        ("f('.b', __package__)", ("f", ".b")),
        ("resolve_name('a:b.c')", ("resolve_name", "a:b.c")),
        ("getattr(i, 'import_module')('a')", ("i.import_module", "a")),
        ("f('no module')", None),
        ("f(x)", None),
    ],
)
def test_texts_that_may_name_modules_are_kept_with_the_function(call, given):
    found = [each for each in scan(f"x = {call}").given if each[0] != "getattr"]
    assert found == ([given] if given else [])


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("a = b.c", {("a", "b.c")}),
        ("a: type = b", {("a", "b")}),
        ("a = d = b", {("a", "b"), ("d", "b")}),
        ("(a, d) = (b, e)", {("a", "b"), ("d", "e")}),
        ("(a := b)", {("a", "b")}),
        ("def f(a=b.c, *, d=e): pass", {("a", "b.c"), ("d", "e")}),
        ("def f():\n    a = b", {("a", "b")}),
        ("a = getattr(b, 'c')", {("a", "b.c")}),
        ("a = b()", set()),
        ("a.b = c", set()),
    ],
)
def test_plain_assignments_give_other_names(code, expected):
    assert set(scan(code).renames) == expected


@pytest.mark.parametrize(
    "code", ["getattr(s, 'm')", "vars(s)['m']", "s.__dict__['m']", "getattr(s, 'm').x", "s.m"]
)
def test_attributes_taken_by_text_are_mentioned(code):
    assert "s.m" in {name.removesuffix(".x") for name in scan(f"y = {code}").mentions}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.b", "a.b"), (".c", "a.b.c"), ("..c", "a.c"), (".", "a.b"), ("..", "a")],
)
def test_names_are_made_absolute(name, expected):
    assert absolute(name, "a.b") == expected
