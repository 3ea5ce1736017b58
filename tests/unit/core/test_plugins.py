"""Classes that a config names are found, checked and built in the same way for every family."""

import sys
from dataclasses import dataclass

import pytest

from mishear.core.errors import MissingPackage, UserError
from mishear.core.plugins import FAMILIES, Family

KNOWN = {
    "front_ends": "MelSpectrogram",
    "networks": "PaperCNN",
    "attacks": "LinfPGD",
    "corruptions": "Babble",
    "poisons": "Backdoor",
    "defences": "MedianSmoothing",
    "detectors": "SpectralSignatures",
    "recognisers": "Pocketsphinx",
}
OWN = """
import collections
from typing import Protocol, runtime_checkable

class Base:
    pass

@runtime_checkable
class Heating(Protocol):
    def heat(self, degrees): ...
    def stop(self): ...

class Kettle(Base):
    def __init__(self, volume: int, colour: str = "red", *, power: float | None = None):
        if volume < 1:
            raise ValueError("volume must be at least 1")
        self.volume, self.colour, self.power = volume, colour, power

class Stove:
    def heat(self, degrees): ...
    def stop(self): ...

class Lukewarm:
    def heat(self, degrees): ...

class Rusty(Base):
    def __init__(self, volume: int):
        import no_such_package
"""
KETTLES = Family("kettles", "kettle", "own_kettles", ("own_kettles.Base",), given=("volume",))
HEATERS = Family("heaters", "heater", "own_kettles", ("own_kettles.Heating",))


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A module of the user's."""
    (tmp_path / "own_kettles.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("own_kettles", None)


@pytest.mark.parametrize("section", FAMILIES)
def test_a_class_is_known_by_its_name_and_by_its_path(section):
    family, name = FAMILIES[section], KNOWN[section]
    found = family.find(name, "x")
    assert family.path(name) == f"{family.home}.{name}"
    assert family.find(family.path(name), "x") is found
    assert family.find(f"{found.__module__}.{found.__qualname__}", "x") is found


@pytest.mark.parametrize("section", FAMILIES)
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("{}s", "x.class: '{home}' has no class '{known}s'.* Did you mean.*{known}"),
        ("nowhere.Thing", "x.class: cannot import 'nowhere'.*working directory"),
        ("collections.NoSuchThing", "x.class: 'collections' has no class 'NoSuchThing'"),
        ("collections.OrderedDict", "x.class: collections.OrderedDict is not an? {noun}; it must"),
        ("math.pi", "x.class: 'math' has no class 'pi'"),
    ],
)
def test_the_same_is_said_of_a_wrong_class_in_every_family(section, name, said):
    family, known = FAMILIES[section], KNOWN[section]
    words = said.format(home=family.home, known=known, noun=family.noun)
    with pytest.raises(UserError, match=words):
        family.check({"class": name.format(known), "params": {}}, "x")


@pytest.mark.parametrize("section", FAMILIES)
def test_the_same_is_said_of_a_wrong_parameter_in_every_family(section):
    definition = {"class": KNOWN[section], "params": {"sizze": 3}}
    with pytest.raises(UserError, match=r"x\.params\.sizze: \w+ has no such parameter.*Allowed: "):
        FAMILIES[section].check(definition, "x")


@pytest.mark.parametrize("section", FAMILIES)
def test_an_interface_is_no_member_of_its_family(section):
    family = FAMILIES[section]
    for path in family.interface:
        with pytest.raises(UserError, match=f"is not an? {family.noun}"):
            family.find(path, "x")


@pytest.mark.usefixtures("own")
def test_what_mishear_gives_is_not_the_users_to_give():
    kettle = KETTLES.build({"class": "Kettle", "params": {"power": "2"}}, "x", volume=3)
    assert (kettle.volume, kettle.colour, kettle.power) == (3, "red", 2.0)
    with pytest.raises(UserError, match=r"x\.params\.volume: Kettle has no such parameter"):
        KETTLES.check({"class": "Kettle", "params": {"volume": 1}}, "x")
    with pytest.raises(UserError, match=r"x\.class: Base|is not a kettle"):
        KETTLES.check({"class": "Base", "params": {}}, "x")


@pytest.mark.usefixtures("own")
def test_a_class_must_take_what_mishear_gives():
    family = Family("kettles", "kettle", "own_kettles", ("own_kettles.Base",), given=("size",))
    with pytest.raises(UserError, match=r"x\.class: Kettle takes no argument 'size', which Mish"):
        family.check({"class": "Kettle", "params": {"volume": 1}}, "x")


@pytest.mark.usefixtures("own")
def test_a_refusal_is_said_with_its_reason():
    with pytest.raises(UserError, match="x: Kettle refuses its params: volume must be at least 1"):
        KETTLES.build({"class": "Kettle"}, "x", volume=0)
    with pytest.raises(UserError, match=r"x: Rusty needs a package .*no_such_package"):
        KETTLES.build({"class": "Rusty"}, "x", volume=1)


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        ("{}['q']", "cannot be built: KeyError: 'q'"),
        ("open('norm.json')", "cannot be built: FileNotFoundError: [Errno 2] No such file"),
        ("None.scale", "cannot be built: AttributeError: 'NoneType' object has no"),
        ("[][0]", "cannot be built: IndexError: list index out of range"),
        ("(_ for _ in ()).throw(RuntimeError())", "cannot be built: RuntimeError"),
        ("json.loads('{} {}')", "cannot be built: JSONDecodeError: Extra data: line 1 column 4"),
        ("exec('assert False')", "cannot be built: AssertionError"),
        ("float('x')", "refuses its params: could not convert string to float: 'x'"),
    ],
)
def test_what_a_constructor_raises_is_said_with_the_users_line(own, raised, said):
    code = f"import json\nclass Broken(Base):\n    def __init__(self):\n        {raised}\n"
    (own / "own_kettles.py").write_text(OWN + code)
    with pytest.raises(UserError) as caught:
        KETTLES.build({"class": "own_kettles.Broken"}, "x")
    line = (OWN + code).count("\n")
    assert str(caught.value).startswith(f"x: Broken {said}")
    assert f"({own}/own_kettles.py, line {line})" in str(caught.value)


def test_want_of_memory_is_no_mistake_of_the_class(own):
    code = "class Large(Base):\n    def __init__(self):\n        raise MemoryError\n"
    (own / "own_kettles.py").write_text(OWN + code)
    with pytest.raises(MemoryError):
        KETTLES.build({"class": "own_kettles.Large"}, "x")


@pytest.mark.usefixtures("own")
def test_a_protocol_asks_for_methods_and_for_no_base():
    assert HEATERS.find("Stove", "x").__name__ == "Stove"
    with pytest.raises(
        UserError, match="Lukewarm is not a heater; it must have the methods? 'heat'"
    ):
        HEATERS.find("Lukewarm", "x")


@pytest.mark.usefixtures("own")
def test_a_definition_may_be_a_section_of_the_config():
    @dataclass
    class Definition:
        class_: str
        params: dict

    kettle = KETTLES.build(Definition("Kettle", {"colour": "blue"}), "x", volume=1)
    assert kettle.colour == "blue"


def test_a_class_that_lacks_a_method_is_said(own):
    (own / "own_poisons.py").write_text(
        "from mishear.poisoning.base import Poison\nclass Mine(Poison):\n    pass\n"
    )
    with pytest.raises(UserError, match=r"own_poisons\.Mine is an incomplete poison; it lacks"):
        FAMILIES["poisons"].find("own_poisons.Mine", "x")


def test_a_dependency_that_is_not_installed_is_named(own, monkeypatch):
    (own / "needy.py").write_text("import torchaudio\n\nclass Mine:\n    pass\n")
    (own / "needier.py").write_text("import no_such_package\n")
    monkeypatch.setitem(sys.modules, "torchaudio", None)
    with pytest.raises(MissingPackage, match="x.class: needs the package 'torchaudio'") as error:
        FAMILIES["detectors"].find("needy.Mine", "x")
    assert error.value.package == "torchaudio"
    with pytest.raises(UserError, match="cannot import 'needier'") as other:
        FAMILIES["detectors"].find("needier.Mine", "x")
    assert not isinstance(other.value, MissingPackage)
