"""What is found by looking at the classes of a config: warnings, and the types of their params."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mishear.config.config import Config
from mishear.core.canonical import canonical
from mishear.core.errors import UserError
from mishear.core.parameters import declared_numbers
from mishear.core.plugins import FAMILIES, Family
from mishear.preflight.classes import check_classes

Typed = Mapping[str, Mapping[str, Any]]
"""Values of params by the key of the definition and their names."""


@dataclass(frozen=True)
class Examined:
    """What is found.

    Attributes
    ----------
    warnings : list of str
        From :func:`~mishear.preflight.classes.check_classes`.
    typed : Typed
        From :func:`typed_params`.
    """

    warnings: list[str]
    typed: Typed


def examine(config: Config, say: Callable[[str], object] = str) -> Examined:
    """Check the classes of a config, see :func:`~mishear.preflight.classes.check_classes`."""
    return Examined(check_classes(config, say), typed_params(config))


def typed_params(config: Config) -> Typed:
    """Return the numbers that are spelled otherwise than their class has them.

    A class that declares an ``int`` is given the same for ``3``, ``3.0`` and ``"3"``. Without this,
    Snakemake would take another spelling for another value. Text of a param that declares no type
    stays text, as it may mean something else to the class.

    Parameters
    ----------
    config
        A config whose classes have passed their check.
    """
    found = {}
    for where, family, definition in _definitions(config):
        try:
            numbers = declared_numbers(family.find(definition.class_, where), definition.params)
        except UserError:
            continue  # A class of another kind that is allowed there, such as one of scores alone.
        same = {
            name: number
            for name, number in numbers.items()
            # The place of results does not depend on whether the class can be imported.
            if canonical({"params": number}) == canonical({"params": definition.params[name]})
        }
        if same:
            found[where] = same
    return found


def use_types(config: Config, typed: Typed) -> None:
    """Replace values of params by what :func:`typed_params` has found."""
    for where, _, definition in _definitions(config):
        definition.params.update(typed.get(where, {}))


def _definitions(config: Config) -> Iterator[tuple[str, Family, Any]]:
    for section, family in FAMILIES.items():
        for name, definition in getattr(config, section, {}).items():
            if definition.class_ is not None:
                yield f"{section}.{name}", family, definition
    for name, recipe in config.recipes.items():
        if recipe.poison is not None:
            yield f"recipes.{name}.poison", FAMILIES["poisons"], recipe.poison
