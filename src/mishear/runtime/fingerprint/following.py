"""Follow the code that a script uses from name to name, through all modules that are found."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import repeat
from typing import NamedTuple

from mishear.runtime.fingerprint.import_effects import effects
from mishear.runtime.fingerprint.infrastructure import INFRASTRUCTURE
from mishear.runtime.fingerprint.resolving import IMPORTERS, Source, find, full_names, module_of
from mishear.runtime.fingerprint.scanning import absolute
from mishear.runtime.fingerprint.syntax import Statement, Target

WHOLE = "*"
LOADED = ""

_TRICKS = re.compile(
    r"builtins(\.(globals|eval|exec|__builtins__|__dict__)\b.*)?"
    r"|sys(\.(modules|_getframe|__dict__)\b.*)?"
    r"|inspect\.(currentframe|getmodule|stack)\b.*"
)
"""Full names of what reads the names of a module by their text."""

_TEXT_TRICKS = frozenset(("__globals__", "globals", "eval", "exec"))


class Part(NamedTuple):
    """A name in a module with attributes taken from it, all of the module, or its import."""

    source: Source
    name: str


def follow(pending: Iterable[Part], roots: tuple[str, ...]) -> set[Part]:
    """Return parts with all that they refer to, directly or not.

    Classes that may be looked up by ``__subclasses__`` count wherever they are loaded, as soon as
    anything followed does so.
    """
    seen: set[Part] = set()
    pending = list(pending)
    while pending:
        while pending:
            part = pending.pop()
            if part not in seen:
                seen.add(part)
                pending += _neighbours(part, roots)
        if any(map(_looks_up_subclasses, seen, repeat(roots))):
            found = {each for part in seen if part.name == LOADED for each in _derived(part)}
            pending += found - seen
    return seen


def named(name: str, roots: tuple[str, ...]) -> Iterator[Part]:
    """Resolve a dotted path, whichever part of it is the module."""
    module = module_in(name, roots)
    yield from imported(Target(module), name[len(module) :].lstrip("."), roots)


def module_in(name: str, roots: tuple[str, ...]) -> str:
    """Return the module that a dotted path begins with; empty if it lies in none of the folders."""
    while name and not find(name, roots):
        name = name.rpartition(".")[0]
    return name


@cache
def statements_of(part: Part, roots: tuple[str, ...]) -> tuple[Statement, ...]:
    """Return the statements that a part consists of."""
    if part.name == LOADED:
        return effects(part.source, roots)
    return tuple(module_of(part.source).definitions.get(part.name.partition(".")[0], ()))


@cache
def _neighbours(part: Part, roots: tuple[str, ...]) -> frozenset[Part]:
    """Return the parts that a part refers to."""
    source, name = part
    code = module_of(source)
    if name == WHOLE:
        return frozenset(Part(source, bound) for bound in code.definitions | code.aliases)
    found = {Part(source, LOADED)}
    if name == LOADED:
        for module in code.loads:
            found.update(_loaded(module, roots))
    else:
        first, _, attributes = name.partition(".")
        for target in code.aliases.get(first, ()):
            found.update(imported(target, attributes, roots))
    for statement in statements_of(part, roots):
        found.update(_used(statement, source, roots))
    return frozenset(found)


def _used(statement: Statement, source: Source, roots: tuple[str, ...]) -> Iterator[Part]:
    """Yield the parts that a statement mentions or imports."""
    code = module_of(source)
    for mention in statement.mentions:
        yield from named_parts(mention, statement, source, roots)
        if "__globals__" in statement.marks and "__globals__" in mention.split("."):
            first = mention.partition(".")[0]
            for target in (*code.aliases.get(first, ()), *statement.aliases.get(first, ())):
                yield from imported(Target(target.module), "", roots)
    for target in statement.aliases.get("*", ()):
        yield from imported(Target(target.module), "", roots)
    for module in statement.loads:
        yield from _loaded(module, roots)
    for module in named_by_text(statement, source, roots):
        yield from named(module, roots)
    if statement.marks & _TEXT_TRICKS or any(
        map(_TRICKS.fullmatch, _stood_for(statement.mentions, statement, source, roots))
    ):
        yield Part(source, WHOLE)


def named_parts(
    mention: str, statement: Statement, source: Source, roots: tuple[str, ...]
) -> Iterator[Part]:
    """Yield the parts that a name in a statement leads to."""
    first, _, attributes = mention.partition(".")
    code = module_of(source)
    if first in code.aliases:
        yield Part(source, mention)
    if first in code.definitions:
        yield Part(source, first)
    for target in statement.aliases.get(first, ()):
        yield from imported(target, attributes, roots)


def named_by_text(statement: Statement, source: Source, roots: tuple[str, ...]) -> Iterator[str]:
    """Yield the modules that a statement imports by a text, with what is taken of them."""
    for name, texts in statement.given.items():
        if IMPORTERS & full_names(name, statement, source, roots):
            yield from (absolute(text.replace(":", "."), source.package) for text in texts)


def _stood_for(
    names: Iterable[str], statement: Statement, source: Source, roots: tuple[str, ...]
) -> Iterator[str]:
    for name in names:
        yield from full_names(name, statement, source, roots)


def imported(target: Target, attributes: str, roots: tuple[str, ...]) -> Iterator[Part]:
    """Resolve an imported name with the attributes taken from it."""
    source = find(target.module, roots)
    path = ".".join(filter(None, [target.attribute, attributes]))
    while source and source.module not in INFRASTRUCTURE:
        yield from _loaded(source.module, roots)
        first, _, rest = path.partition(".")
        submodule = find(f"{source.module}.{first}", roots) if first else None
        code = module_of(source)
        if first in code.definitions or first in code.aliases:
            yield Part(source, path)
        elif submodule is None:
            yield Part(source, WHOLE)
        source, path = submodule, rest


def _loaded(module: str, roots: tuple[str, ...]) -> Iterator[Part]:
    """Yield a module and the packages around it, all of which an import executes."""
    while module:
        source = find(module, roots)
        if source and module not in INFRASTRUCTURE:
            yield Part(source, LOADED)
        module = module.rpartition(".")[0]


@cache
def _looks_up_subclasses(part: Part, roots: tuple[str, ...]) -> bool:
    return any("__subclasses__" in each.marks for each in statements_of(part, roots))


def _derived(part: Part) -> Iterator[Part]:
    """Yield the classes of a module that have bases."""
    for statement in module_of(part.source).statements:
        if statement.bases:
            yield from (Part(part.source, name) for name in statement.bound)
