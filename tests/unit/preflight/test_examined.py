"""Params have the types that their classes declare."""

import pytest

from mishear.config.loading import load
from mishear.preflight.examined import typed_params, use_types

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
