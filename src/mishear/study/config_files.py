"""Configs from their files, without Snakemake."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from mishear.config.config import Config
from mishear.config.loading import load
from mishear.core.errors import UserError

BASE = "config/config.yaml"
"""The config that the Snakefile names, which every other one changes."""


def read_config(files: Sequence[str], base: str = BASE) -> dict[str, Any]:
    """Read a config as Snakemake does: mappings unite, and later values replace earlier ones.

    Parameters
    ----------
    files
        As after ``--configfile``.
    base
        The file that comes first, where there is one.

    Raises
    ------
    UserError
        If a file cannot be read.
    """
    found: dict[str, Any] = {}
    first = [base] if Path(base).exists() else []
    for file in [*first, *(each for each in files if each != base or not first)]:
        try:
            content = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
            raise UserError(f"{file} cannot be read as a config: {error}") from error
        _update(found, content or {})
    return found


def _update(found: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for key, value in changes.items():
        if isinstance(value, Mapping) and isinstance(found.get(key), dict):
            _update(found[key], value)
        else:
            found[key] = value


def load_joined(files: str, base: str = BASE) -> Config:
    """Load the config of one study, whose files are joined by ``+``.

    Parameters
    ----------
    files
        Such as ``config/own.yaml+mine.yaml``.
    base
        As for :func:`read_config`.

    Raises
    ------
    UserError
        If it is wrong, perhaps because it is only one of several files of a study.
    """
    if "" in files.split("+"):
        raise UserError(f"{files}: a file is missing before or after a '+'.")
    try:
        return load(read_config(files.split("+"), base))
    except UserError as error:
        if "+" in files:
            raise UserError(f"{files}: {error}") from error
        raise UserError(
            f"{files}: {error}\nIf a study needs several files, join them with '+', in the order "
            f"in which --configfile names them, such as config/own.yaml+{files}"
        ) from error
