"""What the plan knows of a recipe's poison."""

from typing import Any

from mishear.config.schema import Config


def poison_domain(config: Config, recipe: str) -> str:
    """What a recipe's poison changes: ``waveform`` or ``label``."""
    return "label" if config.recipes[recipe].poison.kind == "labels" else "waveform"


def poison_of_waveforms(config: Config, recipe: str, amplitude: float) -> dict[str, Any]:
    """What of a recipe's poison the poisoned recordings depend on.

    As :mod:`mishear.poisoning.poisons` wants it.
    """
    section = config.recipes[recipe].poison
    keys = {"kind", "seed", "frequency", "seconds", "position", "reverse_speech"}
    return {"recipe": recipe, **section.model_dump(include=keys), "amplitude": amplitude}


def poison_of_labels(config: Config, recipe: str) -> dict[str, Any]:
    """What of a recipe's poison its labels and its aim depend on, but for the share."""
    section = config.recipes[recipe].poison
    keys = {"kind", "flip", "sources", "target"}
    if section.kind == "labels":
        keys.add("seed")
    return {"recipe": recipe, **section.model_dump(include=keys)}
