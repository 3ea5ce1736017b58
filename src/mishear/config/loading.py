"""Turn the mapping that Snakemake read into a checked config."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from mishear.config.combining import misfits_of_combinations
from mishear.config.config import Config
from mishear.config.messages import describe
from mishear.config.rules import clashes, undefined_names
from mishear.core.errors import UserError


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
    try:
        config = Config.model_validate(dict(raw))
    except ValidationError as error:
        problems = [describe(problem, raw, Config) for problem in error.errors()]
    else:
        problems = [*undefined_names(config), *clashes(config), *misfits_of_combinations(config)]
        if not problems:
            return config
    listing = "\n".join(f"  - {problem}" for problem in problems)
    raise UserError(f"The config has {len(problems)} mistake(s):\n{listing}")
