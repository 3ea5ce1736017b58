"""What changes something when a module is imported counts, however it is spelled."""

import pytest

from mishear.runtime.fingerprint.following import LOADED, Part, statements_of
from mishear.runtime.fingerprint.import_effects import effects
from mishear.runtime.fingerprint.resolving import find

REGISTRY = """
REG = []
V = 0
def put(x):
    REG.append(x)
def a(x): b(x)
def b(x): c(x)
def c(x): d(x)
def d(x): put(x)
def change(x):
    setattr(Store, "x", x)
def pure(x): return x
class Store:
    def put(self, x): self.x = x
STORE = Store()
OTHER = STORE
class Base:
    def __init_subclass__(cls): REG.append(cls)
class Below(Base): pass
class Meta(type):
    def __init__(cls, *_): REG.append(cls)
class Made(metaclass=Meta): pass
Again = Made
class Plain: pass
"""


@pytest.fixture
def acting(tmp_path_factory):
    """The names that statements with effects bind, of a module that imports a registry."""

    def acting(text):
        folder = tmp_path_factory.mktemp("code")
        (folder / "reg.py").write_text(REGISTRY)
        (folder / "m.py").write_text(text)
        roots = (str(folder),)
        source = find("m", roots)
        assert effects(source, roots) == statements_of(Part(source, LOADED), roots)
        return {name for each in effects(source, roots) for name in each.bound}

    return acting


@pytest.mark.parametrize(
    "value",
    [
        "setattr(reg, 'V', 1)",
        "builtins.setattr(reg, 'V', 1)",
        "operator.setitem(reg.REG, 0, 1)",
        "[setattr(reg, 'V', i) for i in range(2)]",
        "reg.REG.append(1)",
        "reg.put(1)",
        "reg.a(1)",
        "reg.change(1)",
        "reg.STORE.put(1)",
        "reg.OTHER.put(1)",
        "another(1)",
        "importlib.import_module('other')",
        "SourceFileLoader('other', 'other.py').load_module()",
    ],
)
def test_calls_that_change_something_count(acting, value):
    first = "import builtins, importlib, operator\nimport reg\nfrom reg import put\nanother = put\n"
    first += "from importlib.machinery import SourceFileLoader\n"
    assert acting(f"{first}x = {value}") == {"x"}
    assert acting(f"{first}class x:\n    y = {value}") == {"x"}
    assert acting(f"{first}def x(y={value}): pass") == {"x"}


@pytest.mark.parametrize("value", ["reg.pure(1)", "reg.Store()", "reg.V", "print", "len(reg.REG)"])
def test_others_do_not_count(acting, value):
    assert acting(f"import reg\nx = {value}") == set()


@pytest.mark.parametrize("base", ["Base", "Below", "Made", "Again"])
def test_classes_that_their_base_registers_count(acting, base):
    assert acting(f"import reg\nclass A(reg.{base}): pass\nclass B(A): pass") == {"A", "B"}
    assert acting(f"from reg import {base} as C\nclass A(C): pass") == {"A"}


@pytest.mark.parametrize("base", ["reg.Plain", "dict", "Exception", "abc.ABC"])
def test_classes_that_nothing_registers_do_not_count(acting, base):
    assert acting(f"import reg, abc\nclass A({base}): pass") == set()
