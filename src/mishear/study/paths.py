"""The path of everything in ``results``, once."""

from mishear.config.base import NAME_PATTERN

NAME = NAME_PATTERN.strip("^$")
"""What names look like in paths."""


CLEAN = "clean"
"""Name of the spectrograms of recordings as they are."""


def number_name(value: float) -> str:
    """A number as it stands in a path; the config's numbers are rounded to fit (six digits)."""
    return f"{value:g}"
