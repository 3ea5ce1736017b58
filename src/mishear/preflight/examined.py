"""What is found by looking at the classes of a config: warnings, and the types of their params."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from mishear.config.config import Config
from mishear.core.canonical import canonical
from mishear.core.errors import UserError
from mishear.core.modules import add_packages
from mishear.core.parameters import declared_numbers, may_be_number
from mishear.core.plugins import FAMILIES, Family
from mishear.preflight.apart import Say, run_apart
from mishear.preflight.classes import check_classes
from mishear.study.config_files import BASE, load_joined

Typed = Mapping[str, Mapping[str, Any]]
"""Values of params by the key of the definition and their names."""


@dataclass(frozen=True)
class Examined:
    """What is found.

    Attributes
    ----------
    warnings : list of str
        From :func:`~mishear.preflight.classes.check_classes` and :func:`of_unknown_type`.
    typed : Typed
        From :func:`typed_params`.
    """

    warnings: list[str]
    typed: Typed


def examine(config: Config, say: Callable[[str], object] = str) -> Examined:
    """Check the classes of a config, see :func:`~mishear.preflight.classes.check_classes`."""
    return Examined(
        [*check_classes(config, say), *of_unknown_type(config)],
        typed_params(config),
    )


def typed_params(config: Config) -> Typed:
    """Return the numbers that are spelled otherwise than their class has them.

    A class that declares an ``int`` is given the same for ``3``, ``3.0`` and ``"3"``. Without this,
    Snakemake would take another spelling for another value, and its results would have another
    place. Text of a param that declares no type stays text, as it may mean something else to the
    class.

    Parameters
    ----------
    config
        A config whose classes have passed their check.
    """
    found = {}
    for where, family, definition in _definitions(config):
        try:
            numbers = declared_numbers(family.load(definition.class_, where), definition.params)
        except UserError:
            continue
        given = definition.params
        same = {
            name: number
            for name, number in numbers.items()
            # The place of a number's results does not depend on whether the class can be imported.
            if isinstance(given[name], str) or canonical(number) == canonical(given[name])
        }
        if same:
            found[where] = same
    return found


def use_types(config: Config, typed: Typed) -> None:
    """Replace values of params by what :func:`typed_params` has found."""
    for where, _, definition in _definitions(config):
        definition.params.update(typed.get(where, {}))


def of_unknown_type(config: Config) -> list[str]:
    """Say which params are text that may stand for a number, but their class cannot be imported."""
    found = []
    for where, family, definition in _definitions(config):
        if texts := _texts(definition.params):
            try:
                family.load(definition.class_, where)
            except UserError as error:
                names = ", ".join(f"{name}: {definition.params[name]!r}" for name in texts)
                found.append(
                    f"{where}.params ({names}): text that may stand for a number. Its results "
                    f"have another place where its class can be imported and declares one. Write "
                    f"a number without quotes, and 1e-3 as 0.001; or install what the class "
                    f"needs: {error}"
                )
    return found


def use_declared_types(config: Config) -> list[str]:
    """Give params the types that their classes declare, as a run does.

    Without text that may stand for a number, places of results do not depend on the classes. These
    are not imported then, which takes seconds.

    Returns
    -------
    list of str
        From :func:`of_unknown_type`.
    """
    if not any(_texts(definition.params) for _, _, definition in _definitions(config)):
        return []
    typed, unknown = run_apart(partial(_types, config))
    use_types(config, typed)
    return unknown


def load_typed(files: str, base: str = BASE) -> Config:
    """Load the config of one study, see :func:`~mishear.study.config_files.load_joined`.

    Raises
    ------
    UserError
        If it is wrong, or its classes must be imported to know where its results are, and cannot.
    """
    config = load_joined(files, base)
    if unknown := use_declared_types(config):
        raise UserError(f"{files}: {unknown[0]}")
    return config


def _types(config: Config, say: Say) -> tuple[Typed, list[str]]:
    add_packages(Path.cwd())  # A run finds classes there, too.
    return typed_params(config), of_unknown_type(config)


def _texts(params: Mapping[str, Any]) -> list[str]:
    """Return the names of params that are text which may stand for a number."""
    return [name for name, value in params.items() if may_be_number(value)]


def _definitions(config: Config) -> Iterator[tuple[str, Family, Any]]:
    for section, family in FAMILIES.items():
        for name, definition in getattr(config, section, {}).items():
            if definition.class_ is not None:
                yield f"{section}.{name}", family, definition
    for name, recipe in config.recipes.items():
        if recipe.poison is not None:
            yield f"recipes.{name}.poison", FAMILIES["poisons"], recipe.poison
