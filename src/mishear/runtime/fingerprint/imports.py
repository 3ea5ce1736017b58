"""Tell what the parts of code import: modules, and libraries that are not followed."""

import os
from collections.abc import Iterator
from functools import cache

from mishear.runtime.fingerprint.compiled import compiled_files
from mishear.runtime.fingerprint.following import (
    LOADED,
    Part,
    module_in,
    named_by_text,
    statements_of,
)
from mishear.runtime.fingerprint.resolving import find, module_of


def imports_of(part: Part, roots: tuple[str, ...]) -> Iterator[str]:
    """Yield what a part imports, by dotted paths that may end in a name of a module."""
    if part.name == LOADED:
        yield from module_of(part.source).loads
    for statement in statements_of(part, roots):
        yield from statement.loads
        yield from named_by_text(statement, part.source, roots)


@cache
def libraries_of(part: Part, roots: tuple[str, ...]) -> frozenset[str]:
    """Return the top-level modules found in none of the folders that a part mentions."""
    first, _, attributes = part.name.partition(".")
    found = [(each, attributes) for each in module_of(part.source).aliases.get(first, ())]
    for statement in statements_of(part, roots):
        for mention in statement.mentions:
            first, _, attributes = mention.partition(".")
            found += [(each, attributes) for each in statement.aliases.get(first, ())]
    names = {".".join(filter(None, [*target, attributes])) for target, attributes in found}
    return frozenset(name.partition(".")[0] for name in names if is_in_library(name, roots))


def is_in_library(name: str, roots: tuple[str, ...]) -> bool:
    """Return whether what a dotted path names lies in none of the folders."""
    # A folder without a package may be one of several places of a namespace.
    found = find(module_in(name, roots), roots)
    is_python = found is not None and os.path.isfile(found.path)
    return not is_python and not compiled_files(name, roots)
