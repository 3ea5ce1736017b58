"""Every parameter of a class that the config names, those at their default included."""

import inspect
from collections.abc import Mapping
from typing import Any

from mishear.core.plugins import FAMILIES


def every_parameter(section: str, definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments that a class is built with.

    Parameters
    ----------
    section
        Section of the config that names it, such as ``attacks``.
    definition
        Mapping with ``class`` and ``params``.

    Returns
    -------
    dict
        Without those that Mishear passes itself. An argument without a default that is not given
        is left out.
    """
    family = FAMILIES[section]
    found = family.check(definition, section)
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(found).parameters.items()
        if parameter.default is not parameter.empty and name not in family.given
    }
    return defaults | dict(definition.get("params") or {})
