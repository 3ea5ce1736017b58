"""What the plan knows of a recipe's poison."""

from typing import Any

from mishear.config.config import Config


def poison_domain(config: Config, recipe: str) -> str:
    """Return what a recipe's poison changes: ``waveform`` or ``label``."""
    return "label" if config.recipes[recipe].poison.amplitude is None else "waveform"


def poison_definition(
    config: Config, recipe: str, amplitude: float | None = None, rate: float | None = None
) -> dict[str, Any]:
    """Return the definition of a recipe's poison at one amplitude.

    Parameters
    ----------
    config
        The checked config.
    recipe
        Name of the recipe.
    amplitude, rate
        Those of one training. A rate of None is left out.
    """
    keys = {"class_", "params", "target", "sources", "seed"}
    section = config.recipes[recipe].poison.model_dump(by_alias=True, include=keys)
    rates = {} if rate is None else {"rate": rate}
    return {"recipe": recipe, **section, "amplitude": amplitude, **rates}
