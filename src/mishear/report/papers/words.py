"""Words and numbers of the methods section."""

from collections.abc import Iterable, Mapping
from typing import Any

from mishear.core.units import sized
from mishear.report.papers.citations import sources_of
from mishear.report.papers.escaping import code
from mishear.report.papers.sources import cite

NORMS = {"linf": "L∞", "l2": "L2", "l1": "L1", "l0": "L0"}


def sizes(values: Iterable[Any], unit: str) -> str:
    """List sizes with their unit; infinite ones as text, as in a card."""
    numbers = [float(value) for value in values]
    if all(number == float("inf") for number in numbers):
        return "without a limit"
    return sized(", ".join(f"{number:g}" for number in numbers), unit)


def cited_class(section: str, definition: Mapping[str, Any]) -> str:
    """Name a class with its sources."""
    name = definition.get("class")
    if name is None:
        return "a model with its own code"
    keys = sources_of(section, name)
    return f"class {code(name)}{' ' + cite(*keys) if keys else ''}"


def parameters(params: Mapping[str, Any]) -> str:
    """List parameters with their values as code; empty for none."""
    return code(", ".join(f"{name}={value}" for name, value in params.items())) if params else ""


def with_parameters(section: str, definition: Mapping[str, Any]) -> str:
    """Name a class with its sources and the parameters that the config gives."""
    given = parameters(definition.get("params") or {})
    return f"{cited_class(section, definition)}{' with ' + given if given else ''}"
