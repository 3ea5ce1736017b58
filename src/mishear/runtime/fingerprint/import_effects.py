"""Tell which statements of a module count as soon as it is imported.

These are the statements that change something others look up, such as a registry.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from mishear.runtime.fingerprint.effects import MUTATORS
from mishear.runtime.fingerprint.resolving import (
    FILE_IMPORTERS,
    IMPORTERS,
    Source,
    find,
    full_names,
    joined,
    module_of,
)
from mishear.runtime.fingerprint.syntax import Statement, Target

_CHANGING = frozenset(
    ("builtins.setattr", "builtins.delattr", "operator.setitem", "operator.delitem")
    + ("builtins.object.__setattr__", "builtins.type.__setattr__", "builtins.dict.__setitem__")
)
"""Full names of what changes what it is given."""


class _Found(NamedTuple):
    """A statement of the project that defines a name, and the attributes taken from the name."""

    statement: Statement
    source: Source
    attributes: str


@cache
def effects(source: Source, roots: tuple[str, ...]) -> tuple[Statement, ...]:
    """Return the statements of a module that count even if nothing mentions what they bind.

    A decorator or a metaclass may register what it is for, and a base class those derived from it.
    Those of libraries rarely register anything that the project's own code looks up, and would make
    every dataclass count; so only those of the project are considered. Other calls count if they
    are to functions of the project that change something beyond their own variables, or if they
    themselves change what they are given or import a module.
    """
    return tuple(
        each
        for each in module_of(source).statements
        if each.acts
        or any(_is_own(name, source, roots) for name in each.decorators)
        or any(
            _acts(full_names(call, each, source, roots)) or _changes(call, source, roots)
            for call in each.calls
        )
        or any(_hooks(base, source, roots) for base in each.bases)
    )


def _acts(called: frozenset[str]) -> bool:
    """Return whether a function changes what it is given, or executes a module."""
    known = _CHANGING | IMPORTERS
    return any(each in known or FILE_IMPORTERS.fullmatch(each) for each in called)


@cache
def _is_own(name: str, source: Source, roots: tuple[str, ...]) -> bool:
    """Return whether the project defines a name; one that is not known is taken for its own."""
    first = name.partition(".")[0]
    code = module_of(source)
    targets = code.aliases.get(first, ())
    return (
        not first
        or first in code.definitions
        or any(find(target.module, roots) for target in targets)
    )


@cache
def _changes(call: str, source: Source, roots: tuple[str, ...]) -> bool:
    """Return whether a call may change something that others look up."""
    pending, seen = list(_defined(call, (), source, roots)), set()
    while pending:
        statement, home, attributes = pending.pop()
        if statement.is_definition:
            if statement.changes:
                return True
            if (statement.digest, home) not in seen:
                seen.add((statement.digest, home))
                for mention in statement.mentions:
                    targets = statement.aliases.get(mention.partition(".")[0], ())
                    pending += _defined(mention, targets, home, roots)
        elif attributes.rpartition(".")[2] in MUTATORS:
            return True
        elif attributes and any(_is_own(made, home, roots) for made in statement.calls if made):
            return True  # A method of an object of the project, which may change the object.
    return False


@cache
def _hooks(base: str, source: Source, roots: tuple[str, ...]) -> bool:
    """Return whether a class of the project does something with each class derived from it."""
    return any(
        "__init_subclass__" in statement.marks
        or any(_is_own(name, home, roots) for name in statement.metaclasses)
        or any(_hooks(each, home, roots) for each in statement.bases)
        for statement, home, _ in _defined(base, (), source, roots)
        if statement.is_definition
    )


def _defined(
    name: str, targets: Iterable[Target], source: Source, roots: tuple[str, ...]
) -> Iterator[_Found]:
    """Yield the statements that define a name, or what it is another name of.

    Parameters
    ----------
    name
        A name of a module, with the attributes taken from it.
    targets
        What imports in a function bind the name to.
    source
        The module.
    roots
        The folders of the project.
    """
    first, _, attributes = name.partition(".")
    pending = [(source, name)] if not targets else []
    pending += [each for target in targets for each in _imported(target, attributes, roots)]
    seen = set()
    while pending:
        source, path = pending.pop()
        if (source, path) in seen:
            continue
        seen.add((source, path))
        first, _, attributes = path.partition(".")
        code = module_of(source)
        for statement in code.definitions.get(first, ()):
            yield _Found(statement, source, attributes)
        for other in code.renames.get(first, ()):
            pending.append((source, joined(other, attributes)))
        for target in code.aliases.get(first, ()):
            pending += _imported(target, attributes, roots)


def _imported(
    target: Target, attributes: str, roots: tuple[str, ...]
) -> Iterator[tuple[Source, str]]:
    """Yield the module of the project that an import leads to, and the name in it."""
    path = joined(target.attribute, attributes)
    source = find(target.module, roots)
    while source and path:
        yield source, path
        first, _, path = path.partition(".")
        source = find(f"{source.module}.{first}", roots)
