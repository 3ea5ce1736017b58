"""What a statement calls when it is executed, and what its functions change."""

import ast

import pytest

from mishear.runtime.fingerprint.effects import bases, calls, changes, decorators, metaclasses


def parsed(text):
    (node,) = ast.parse(text).body
    return node


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(x=a.b(), *, y=c()): d()", {"a.b", "c"}),
        ("class A(b()):\n    x = c.d()\n    def f(self, y=e()): g()", {"b", "c.d", "e"}),
        ("x = lambda y=a(): b()", {"a"}),
        ("x = [a(y) for y in b()]", {"a", "b"}),
        ("x = a()[0].b()", {"a"}),
        ("x = a.b[0].c()", {"a.b"}),
        ("x = 'text'.join(y)", {""}),
        ("if a():\n    def f(x=b()): c()", {"a", "b"}),
    ],
)
def test_calls_are_those_that_are_executed_with_the_statement(text, expected):
    assert set(calls(parsed(text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@a.b\n@c()\ndef f(): pass", {"a", "c"}),
        ("@(lambda f: f)\ndef f(): pass", {""}),
        ("class A(metaclass=M):\n    @b\n    def f(self): pass", {"M", "b"}),
        ("def f():\n    @a\n    def g(): pass", set()),
        ("x = 1", set()),
    ],
)
def test_decorators_are_those_that_are_executed_with_the_statement(text, expected):
    assert set(decorators(parsed(text))) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("T['a'] = x", True),
        ("T.a = x", True),
        ("del T['a']", True),
        ("T.append(x)", True),
        ("T['a'].append(x)", True),
        ("setattr(T, 'a', x)", True),
        ("setattr(x, 'a', 1)", False),
        ("global t; t = 1", True),
        ("T.count(x)", False),
        ("y = []; y.append(x)", False),
        ("x.append(1)", False),
        ("x['a'] = 1", False),
        ("return T", False),
    ],
)
def test_a_function_changes_what_is_not_its_own(body, expected):
    assert changes(parsed(f"def f(x): {body}")) == expected
    assert changes(parsed(f"class A:\n    def f(self, x): {body}")) == expected


def test_what_is_no_function_changes_nothing_later():
    assert not changes(parsed("T['a'] = 1"))


def test_bases_and_metaclasses_are_those_of_all_classes_that_are_defined():
    text = "if x:\n    class A(b.B, C[int], d(), metaclass=m.M):\n        class E(F): pass"
    assert set(bases(parsed(text))) == {"b.B", "C", "d", "F"}
    assert set(metaclasses(parsed(text))) == {"m.M"}
    assert set(bases(parsed("def f():\n    class A(B): pass"))) == set()
