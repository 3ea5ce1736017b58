"""Lists and numbers within sentences."""

from collections.abc import Iterable


def listed(words: Iterable[str]) -> str:
    """Join words as in a sentence."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, such as ``1 recording`` or ``1,200 recordings``."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"
