"""The sources of what Mishear runs, from the one file in which they are written down."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from mishear.core.errors import UserError

SOURCES = Path(__file__).with_name("sources.bib")
ENTRY = re.compile(r"^@\w+\{([^,\s]+),\n.*?^\}$", re.MULTILINE | re.DOTALL)
CITATION = re.compile(r"(?<![\\\w])@([a-z]\w+)")
"""A citation as Pandoc reads it, of a key of :data:`SOURCES`."""


@cache
def entries() -> dict[str, str]:
    """Return the BibTeX entry of each source, by its key."""
    text = SOURCES.read_text(encoding="utf-8")
    return {found[1]: found[0] for found in ENTRY.finditer(text)}


def cite(*keys: str) -> str:
    """Return a citation of some sources for Pandoc, such as ``[@madry2018towards]``.

    Raises
    ------
    KeyError
        If a source is not written down.
    """
    for key in keys:
        entries()[key]
    return f"[{'; '.join(f'@{key}' for key in keys)}]"


def cited(text: str) -> list[str]:
    """Return the keys that a text cites, sorted."""
    return sorted(set(CITATION.findall(text)))


def bibliography(keys: Iterable[str]) -> str:
    """Return a BibTeX file of some sources.

    Raises
    ------
    UserError
        If one is not written down.
    """
    known = entries()
    wanted = sorted(keys)
    if missing := [key for key in wanted if key not in known]:
        raise UserError(f"{SOURCES.name} has no source {', '.join(missing)}.")
    return "\n\n".join(known[key] for key in wanted) + "\n"
