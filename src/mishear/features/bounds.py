"""Read the bounds and the unit of the inputs of a corpus and a front end."""

import json
from collections.abc import Iterable
from pathlib import Path


def read_bounds(path: Path) -> tuple[float, float]:
    """Read the lowest and highest value that a corpus's inputs may have."""
    bounds = json.loads(path.read_text())
    return bounds["lowest"], bounds["highest"]


def joint_bounds(paths: Iterable[Path]) -> tuple[float, float]:
    """Read the lowest and highest value over several versions of a corpus's inputs."""
    lows, highs = zip(*map(read_bounds, paths), strict=True)
    return min(lows), max(highs)


def read_unit(bounds: Path) -> str:
    """Read the unit of a front end's values; empty if it states none."""
    return json.loads(bounds.read_text())["unit"]
