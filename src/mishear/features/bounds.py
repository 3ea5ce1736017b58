"""Read the bounds and the unit of the inputs of a corpus and a front end."""

import json
import math
from collections.abc import Iterable
from pathlib import Path

from mishear.core.errors import UserError
from mishear.core.tables.base import AGAIN


def read_bounds(path: Path) -> tuple[float, float]:
    """Read the lowest and highest value that a corpus's inputs may have.

    Raises
    ------
    UserError
        If the file does not hold two finite numbers, the lower one first.
    """
    try:
        bounds = json.loads(path.read_text(encoding="utf-8"))
        low, high = float(bounds["lowest"]), float(bounds["highest"])
    except (ValueError, TypeError, KeyError):
        low = high = math.nan
    if not -math.inf < low <= high < math.inf:
        raise UserError(f"{path} does not hold a range of inputs. {AGAIN}")
    return low, high


def joint_bounds(paths: Iterable[Path]) -> tuple[float, float]:
    """Read the lowest and highest value over several versions of a corpus's inputs."""
    lows, highs = zip(*map(read_bounds, paths), strict=True)
    return min(lows), max(highs)


def read_unit(bounds: Path) -> str:
    """Read the unit of a front end's values; empty if it states none."""
    return json.loads(bounds.read_text())["unit"]
