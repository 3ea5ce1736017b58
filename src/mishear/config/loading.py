"""Turn the mapping that Snakemake read into a checked config."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from mishear.config.combining import misfits_of_combinations
from mishear.config.config import Config
from mishear.config.messages import describe
from mishear.config.rules import clashes, undefined_names
from mishear.core.errors import UserError, config_error

MOST_VALUES, MOST_LEVELS = 1_000_000, 50
"""Limits of a config. An alias counts as often as it is used."""


def load(raw: Mapping[str, Any]) -> Config:
    """Check a config and fill in its defaults.

    Parameters
    ----------
    raw
        The merged mapping as Snakemake read it. Numbers given as text, as those from the command
        line are, become numbers.

    Returns
    -------
    Config

    Raises
    ------
    UserError
        Listing every mistake with its key, its value and what is allowed.
    """
    _check_size(raw)
    try:
        config = Config.model_validate(dict(raw))
    except ValidationError as error:
        problems = [describe(problem, raw, Config) for problem in error.errors()]
    else:
        problems = [*undefined_names(config), *clashes(config), *misfits_of_combinations(config)]
        if not problems:
            return config
    raise config_error(problems)


def _check_size(raw: Mapping[str, Any]) -> None:
    """Refuse aliases within themselves and aliases of aliases that would take for ever."""
    values = 0
    pending: list[tuple[Any, str, int]] = [(raw, "", 0)]
    while pending:
        value, where, level = pending.pop()
        values += 1
        if level > MOST_LEVELS:
            raise UserError(
                f"The config is nested more than {MOST_LEVELS} levels deep at {where[:60]}... "
                f"Remove the brackets, or the YAML alias that contains itself."
            )
        if values > MOST_VALUES:
            raise UserError(
                f"The config has more than {MOST_VALUES} values, aliases included (at "
                f"{where[:60]}). Write fewer, or remove YAML aliases of aliases."
            )
        if isinstance(value, Mapping):
            pending += [
                (each, f"{where}.{key}".strip("."), level + 1) for key, each in value.items()
            ]
        elif isinstance(value, list | tuple):
            pending += [(each, where, level + 1) for each in value]
