"""Build the corruptions that a config names."""

from collections.abc import Mapping
from typing import Any

from mishear.core.plugins import FAMILIES
from mishear.corruptions.base import Corruption


def build_corruptions(definition: Mapping[str, Any]) -> list[Corruption]:
    """Build a corruption at each of its severities.

    Parameters
    ----------
    definition
        ``class``, ``params``, ``severities`` (levels, or None for those of the class) and ``seed``
        as in the config, and ``name``, its name there.

    Raises
    ------
    UserError
        If there is no such class, or its parameters or a level do not fit.
    """
    family, where = FAMILIES["corruptions"], f"corruptions.{definition['name']}"
    levels = definition["severities"] or family.find(definition["class"], where).severities
    seed = definition["seed"]
    return [family.build(definition, where, level=level, seed=seed) for level in levels]
