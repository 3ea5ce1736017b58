"""Configs with nonsense in them: they are planned, or refused with the key that is wrong."""

import copy
import os
import random
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from mishear.config.loading import load
from mishear.study.plan import Plan
from tests.soak.guarding import Wrong

ROOT = Path(__file__).parents[2]
VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2, 10**18, -(10**18), 0.5, -0.5, 1e308, -1e308, 5e-324,
    float("inf"), float("-inf"), float("nan"), "", " ", "x", "3", "3.0", "nan", "yes", "none",
    "é", "a" * 300, "../x", "/etc/passwd", "a b", "a\nb", "a\x00b", "{corpus}", "$(id)", "`id`",
    "threading.Thread", "os.system", "json", [], [[]], [None], ["x", "x"], [1, 2], [0.5] * 200,
    list(range(5000)), {}, {"x": 1}, {"class": "x"}, {"": ""}, {1: 2}, {None: None},
]  # fmt: skip

PLANNED = ["trainings", "evaluations", "checks", "waveform_checks", "sounds", "corrupted"]
"""What is counted of a plan."""


@cache
def shipped() -> dict[str, dict]:
    """Return every shipped config on top of ``config.yaml``, by name."""
    base = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    found = {"config": base}
    for path in sorted((ROOT / "config").glob("*.yaml")):
        if path.stem != "config":
            found[path.stem] = merged(base, yaml.safe_load(path.read_text()))
    return found


def merged(base: Any, over: Any) -> Any:
    """Merge as Snakemake merges config files: mappings by key, all else replaced."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return copy.deepcopy(over)
    return copy.deepcopy(base) | {key: merged(base.get(key), each) for key, each in over.items()}


def _places(config: Any, above: tuple = ()) -> list[tuple]:
    """Return the path of every value below a mapping or a list."""
    pairs = []
    if isinstance(config, dict):
        pairs = list(config.items())
    elif isinstance(config, list):
        pairs = list(enumerate(config))
    found = []
    for key, value in pairs:
        found += [(*above, key), *_places(value, (*above, key))]
    return found


def _inner(config: Any, place: tuple) -> Any:
    for key in place:
        config = config[key]
    return config


def mutated(config: dict, draw: random.Random) -> dict:
    """Return a config with one to three values replaced, removed, moved or added."""
    config = copy.deepcopy(config)
    for _ in range(draw.randint(1, 3)):
        places = _places(config)
        if not places:
            return config
        place = draw.choice(places)
        owner = _inner(config, place[:-1])
        kind = draw.random()
        if kind < 0.55:
            owner[place[-1]] = copy.deepcopy(draw.choice(VALUES))
        elif kind < 0.7:
            del owner[place[-1]]
        elif kind < 0.85:
            owner[place[-1]] = copy.deepcopy(_inner(config, draw.choice(places)))
        elif isinstance(owner, dict):
            name = draw.choice(["x", "", 1, "a" * 200, f"{place[-1]}s", str(place[-1]).upper()])
            owner[name] = owner[place[-1]]
        else:
            owner.append(owner[place[-1]])
    return config


def case(draw: random.Random, folder: Path) -> str:
    """Check and plan a config as the workflow does before its first job."""
    os.chdir(folder)
    name, config = draw.choice(sorted(shipped().items()))
    plan = Plan(load(mutated(config, draw)))
    planned = [
        len(getattr(plan, each)) for each in ("trainings", "evaluations", "checks", "sounds")
    ]
    if max(planned) > 1_000_000:
        raise Wrong(f"a plan of {planned}")
    return f"{name}: {planned}"
