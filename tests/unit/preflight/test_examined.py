"""Params have the types that their classes declare."""

import re

import pytest
import yaml

from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.preflight.examined import (
    examine,
    load_typed,
    typed_params,
    use_declared_types,
    use_types,
)
from mishear.study import paths
from mishear.study.identity import Store
from mishear.study.plan import Plan
from tests.unit.study.configs import PLAIN, VICTIM
from tests.unit.study.configs import raw as small

CLASS = """
from mishear.defences import Defence


class Mine(Defence):
    def __init__(
        self, bounds, count: int = 1, width: float | None = None, name: str = "", other=None
    ): ...

    def forward(self, inputs):
        return inputs
"""


@pytest.fixture
def typed(raw, tmp_path, monkeypatch):
    """The params of a class after those of its config were given the types it declares."""
    (tmp_path / "typed_defences.py").write_text(CLASS)
    monkeypatch.syspath_prepend(tmp_path)

    def typed(**params):
        raw["defences"] = {"mine": {"class": "typed_defences.Mine", "params": params}}
        config = load(raw)
        use_types(config, typed_params(config))
        return repr(config.defences["mine"].params)

    return typed


def test_the_spelling_of_a_declared_number_does_not_matter(typed):
    assert {typed(count=count) for count in (3, 3.0, "3", "3.0")} == {"{'count': 3}"}
    assert {typed(width=width) for width in (2, 2.0, "2")} == {"{'width': 2.0}"}
    assert {typed(width=width) for width in (0.001, "1e-3")} == {"{'width': 0.001}"}


def test_text_stays_text_where_no_number_is_declared(typed):
    assert typed(name="3", other="1.0") == "{'name': '3', 'other': '1.0'}"
    assert typed(other=3) != typed(other="3")


def test_attacks_and_poisons_are_looked_at(raw):
    raw["attacks"]["pgd"]["params"] = {"steps": "7"}
    poison = {"class": "Backdoor", "target": "3", "rate": [0.1], "params": {"frequency": "500"}}
    raw["recipes"]["noise"]["poison"] = poison
    found = typed_params(load(raw))
    assert found["attacks.pgd"] == {"steps": 7}
    assert found["recipes.noise.poison"] == {"frequency": 500}


NETWORK = """
import torch

{imports}
class Net(torch.nn.Module):
    def __init__(self, classes, width: int = 1, tag="a"):
        super().__init__()

    def forward(self, inputs):
        return inputs
"""


@pytest.fixture
def network(tmp_path, monkeypatch):
    """Writes a module with a network, and returns a config that names the network."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def network(module, imports="", **params):
        (tmp_path / f"{module}.py").write_text(NETWORK.format(imports=imports))
        definition = {"class": f"{module}.Net", "params": params}
        return small(PLAIN) | {"networks": {"net": definition}}

    return network


def place(config):
    use_declared_types(config)
    return Store(Plan(config)).path(paths.WEIGHTS.format(**VICTIM))


def place_of(network, **params):
    return place(load(network("net_of_places", **params)))


@pytest.mark.parametrize(
    ("one", "other"),
    [("3", 3), ("3.0", 3), ("1e3", "1000"), ("1e-3", 0.001), ("9" * 20, "9" * 19 + "8")],
)
def test_text_and_number_of_an_undeclared_param_have_places_of_their_own(network, one, other):
    assert place_of(network, tag=one) != place_of(network, tag=other)


@pytest.mark.parametrize("width", ["3", 3.0, "3.0", " 3 "])
def test_the_spelling_of_a_declared_number_changes_no_place(network, width):
    assert place_of(network, width=width) == place_of(network, width=3)


def test_classes_are_not_imported_where_no_text_may_stand_for_a_number(network):
    found = network("net_that_stays", "raise SystemExit\n", width=3.0, tag="relu")
    assert use_declared_types(load(found)) == []


@pytest.mark.parametrize("imports", ["import an_absent_package\n", "import os; os.abort_()\n"])
def test_a_class_that_cannot_be_imported_is_named(network, imports, tmp_path):
    module = f"net_apart_{len(imports)}"
    config = network(module, imports, width="3", tag="x")
    (said,) = use_declared_types(load(config))
    assert re.match(r"networks\.net\.params \(width: '3'\): text that may stand", said)
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(config))
    with pytest.raises(UserError, match="study.yaml: networks.net.params"):
        load_typed("study.yaml")


def test_a_run_without_a_package_says_so_too(raw, monkeypatch):
    raw["attacks"]["pgd"]["params"] = {"steps": "7"}
    monkeypatch.setitem(__import__("sys").modules, "foolbox.attacks", None)
    assert any("attacks.pgd.params (steps: '7')" in said for said in examine(load(raw)).warnings)
