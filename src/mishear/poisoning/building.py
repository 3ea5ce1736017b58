"""Build the poisons that a config names, and check them against a corpus."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from mishear.core.errors import UserError
from mishear.core.plugins import FAMILIES
from mishear.features.split import Division
from mishear.poisoning.base import Poison

GIVEN = FAMILIES["poisons"].given


def build_poison(definition: Mapping[str, Any]) -> Poison:
    """Build a poison at one amplitude.

    Parameters
    ----------
    definition
        ``class``, ``params``, ``amplitude``, ``target``, ``sources`` and ``seed`` as in the config,
        and ``recipe``, the name of the recipe it belongs to.

    Raises
    ------
    UserError
        If there is no such class, or its parameters do not fit.
    """
    given = {name: definition[name] for name in GIVEN}
    return FAMILIES["poisons"].build(definition, f"recipes.{definition['recipe']}.poison", **given)


def unknown_classes(
    poison: Poison, classes: Sequence[str]
) -> Iterator[tuple[Literal["target", "sources"], str]]:
    """Yield the classes that a poison names and that are not there, with their keys."""
    if poison.target is not None and poison.target not in classes:
        yield "target", poison.target
    for source in poison.sources or []:
        if source not in classes:
            yield "sources", source


def check_classes(poison: Poison, classes: Sequence[str], where: str) -> None:
    """Check that the classes a poison names are there.

    Parameters
    ----------
    poison
        The poison.
    classes
        Those of the corpus.
    where
        Key of the poison in the config, for the message.

    Raises
    ------
    UserError
        Naming the key.
    """
    for key, name in unknown_classes(poison, classes):
        raise UserError(
            f"{where}.{key}: there is no class '{name}'. Classes: {', '.join(classes)}."
        )


def targets(definition: Mapping[str, Any], division: Division, rows: np.ndarray):
    """Return the class that some recordings are meant to be classified as.

    Parameters
    ----------
    definition
        See :func:`build_poison`.
    division
        Labels of the corpus.
    rows
        Which of its recordings.

    Returns
    -------
    numpy.ndarray of shape (rows,), text, or None
        See :meth:`Poison.targets`.

    Raises
    ------
    UserError
        If a class that is named is not in the corpus.
    """
    poison = build_poison(definition)
    check_classes(poison, division.classes, f"recipes.{definition['recipe']}.poison")
    return poison.targets(division.labels[rows])
