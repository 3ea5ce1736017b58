"""A module's statements are told apart by what they bind, mention and do."""

import pytest

from mishear.runtime.fingerprint.syntax import Module, Target, read_statements

MODULE = '''"""A text."""
import os.path
import numpy as np
from . import near
from ..far import thing as other
from wide import *

LIMIT = np.inf  # a comment


@near.listed
class Attack(other):
    """Another text."""

    def run(self):
        import inner
        return LIMIT, inner.value


LIMIT += 1
TABLE = {}
TABLE["key"] = Attack
print(LIMIT)
'''


@pytest.fixture
def module():
    """A function that reads a module of the package ``a.b``."""

    def read(text=MODULE):
        return Module.of(read_statements(text.encode(), "m.py", "a.b"))

    return read


def test_names_are_found_with_the_statements_that_bind_them(module):
    definitions = module().definitions
    assert {"LIMIT", "Attack", "TABLE"} <= set(definitions)
    assert len(definitions["LIMIT"]) == 2
    assert "run" not in definitions


def test_imports_are_resolved_from_the_package(module):
    code = module()
    assert code.aliases["np"] == (Target("numpy"),)
    assert code.aliases["os"] == (Target("os"),)
    assert code.aliases["near"] == (Target("a.b", "near"),)
    assert code.aliases["other"] == (Target("a.far", "thing"),)
    assert "inner" not in code.aliases
    assert {"os.path", "numpy", "a.b.near", "a.far.thing", "wide.*"} <= code.loads


def test_a_class_mentions_what_it_uses_and_keeps_its_own_imports(module):
    (attack,) = module().definitions["Attack"]
    assert {"other", "LIMIT", "inner.value"} <= attack.mentions
    assert attack.aliases == {"inner": (Target("inner"),)}
    assert attack.decorators == {"near"}


def test_statements_that_do_more_than_bind_names_act(module):
    acting = [statement for statement in module().statements if statement.acts]
    assert len(acting) == 3, "import *, the item set and the call"


@pytest.mark.parametrize(
    ("old", "new", "alike"),
    [
        ("# a comment", "# another", True),
        ('"""Another text."""', '"""Changed."""', True),
        ("return LIMIT, inner.value", "return (LIMIT,\n            inner.value)", True),
        ("return LIMIT,", "return -LIMIT,", False),
    ],
)
def test_a_digest_changes_with_the_code_alone(module, old, new, alike):
    def digests(text):
        return [statement.digest for statement in module(text).statements]

    assert old in MODULE
    assert (digests(MODULE) == digests(MODULE.replace(old, new))) == alike


def test_what_is_not_python_is_an_error(module):
    with pytest.raises(SyntaxError):
        module("def f(:\n")
