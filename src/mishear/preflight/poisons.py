"""Checks of poisons: their classes, and whether corpora and front ends of the study fit them."""

import difflib
from collections.abc import Iterator

from mishear.config import poisons
from mishear.config.config import Config
from mishear.core.errors import UserError
from mishear.poisoning.base import Poison
from mishear.poisoning.building import build_poison, unknown_classes
from mishear.preflight.trained import known_classes
from mishear.study.poisons import poison_definition


def check_poison(config: Config, recipe: str) -> None:
    """Check the poison of a recipe before any job starts.

    Parameters
    ----------
    config
        The config.
    recipe
        Name of a recipe with a poison.

    Raises
    ------
    UserError
        If the class cannot be found or built, the keys of the poison are not those that its class
        needs, or a corpus or a front end of the study does not fit it.
    """
    where = f"recipes.{recipe}.poison"
    section = config.recipes[recipe].poison
    poison = build_poison(poison_definition(config, recipe, section.amplitudes[0]))
    problems = list(_disagreements(poison, section))
    if not problems and recipe in config.study.recipes:
        problems = [*_unknown_classes(poison, config), *_misfits(poison, config)]
    if problems:
        raise UserError("\n  - ".join(f"{where}.{problem}" for problem in problems))


def _disagreements(poison: Poison, section: poisons.Poison) -> Iterator[str]:
    """Compare the keys of a poison with what its class needs."""
    name = type(poison).__name__
    if poison.changes_waveform and section.amplitude is None:
        yield f"amplitude: {name} changes the waveform; give its amplitudes, such as [0.01]."
    if not poison.changes_waveform and section.amplitude is not None:
        yield f"amplitude: {name} leaves the waveform as it is. Remove the amplitude."
    if poison.needs_target and section.target is None:
        yield f"target: {name} aims at a class; name it."
    if not poison.needs_target and section.target is not None:
        yield f"target: {name} aims at no class. Remove the target."
    if not poison.takes_sources and section.sources is not None:
        yield f"sources: {name} does not choose among classes. Remove the sources."


def _unknown_classes(poison: Poison, config: Config) -> Iterator[str]:
    """Yield the classes that a corpus of the study does not have."""
    for name in config.study.corpora:
        classes = known_classes(config.corpora[name])
        for key, label in unknown_classes(poison, classes) if classes else []:
            close = difflib.get_close_matches(label, classes, n=1)
            hint = f" (did you mean '{close[0]}'?)" if close else ""
            yield (
                f"{key}: there is no class '{label}' in corpus '{name}'{hint}. "
                f"Classes: {', '.join(classes)}."
            )


def _misfits(poison: Poison, config: Config) -> Iterator[str]:
    """Yield why a front end of the study cannot hold the poison."""
    for name in config.study.front_ends:
        front_end = config.front_ends[name]
        for key, reason in poison.misfits(front_end.sample_rate, front_end.seconds):
            yield f"{key}: {reason} (front end '{name}')."
