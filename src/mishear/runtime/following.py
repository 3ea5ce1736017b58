"""Follow the code that a script uses from name to name, through all modules that are found."""

import os
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

from mishear.runtime.effects import MUTATORS
from mishear.runtime.infrastructure import INFRASTRUCTURE
from mishear.runtime.syntax import Module, Statement, Target
from mishear.runtime.syntax_cache import read_module

WHOLE = "*"
LOADED = ""

_TRICKS = frozenset(
    [
        "globals",
        "eval",
        "exec",
        "sys.modules",
        "sys._getframe",
        "inspect.currentframe",
        "inspect.stack",
        "builtins.globals",
        "builtins.eval",
        "builtins.exec",
    ]
)
_TEXT_TRICKS = frozenset(("__globals__", "globals", "eval", "exec"))
_REGISTERING = frozenset(("__subclasses__", "__init_subclass__"))

_DEEP = 2
"""How far a call is followed to find what it changes."""


class Source(NamedTuple):
    """A module with its file, or its folder if that has no ``__init__.py``."""

    module: str
    path: str

    @property
    def is_own(self) -> bool:
        """Whether it belongs to Mishear."""
        return self.module.partition(".")[0] in ("", "mishear")


class Part(NamedTuple):
    """A name in a module with attributes taken from it, all of the module, or its import."""

    source: Source
    name: str


def follow(pending: Iterable[Part], roots: tuple[str, ...]) -> set[Part]:
    """Return parts with all that they refer to, directly or not.

    Classes that may be looked up by ``__subclasses__`` or that register themselves with a base
    class count wherever they are loaded, as soon as anything followed does so.
    """
    seen: set[Part] = set()
    pending = list(pending)
    while pending:
        while pending:
            part = pending.pop()
            if part not in seen:
                seen.add(part)
                pending += _neighbours(part, roots)
        if any(map(_registers, seen, repeat(roots))):
            found = {each for part in seen if part.name == LOADED for each in _derived(part)}
            pending += found - seen
    return seen


def named(name: str, roots: tuple[str, ...]) -> Iterator[Part]:
    """Resolve a dotted path, whichever part of it is the module."""
    module = module_in(name, roots)
    yield from _imported(Target(module), name[len(module) :].lstrip("."), roots)


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
            found.update(_imported(target, attributes, roots))
    for statement in statements_of(part, roots):
        found.update(_used(statement, source, roots))
    return frozenset(found)


def _used(statement: Statement, source: Source, roots: tuple[str, ...]) -> Iterator[Part]:
    """Yield the parts that a statement mentions or imports."""
    code = module_of(source)
    for mention in statement.mentions:
        first, _, attributes = mention.partition(".")
        if first in code.aliases:
            yield Part(source, mention)
        if first in code.definitions:
            yield Part(source, first)
        for target in statement.aliases.get(first, ()):
            yield from _imported(target, attributes, roots)
        if "__globals__" in attributes.split("."):
            for target in (*code.aliases.get(first, ()), *statement.aliases.get(first, ())):
                yield from _imported(Target(target.module), "", roots)
    for target in statement.aliases.get("*", ()):
        yield from _imported(Target(target.module), "", roots)
    for module in statement.loads:
        yield from _loaded(module, roots)
    for module in statement.modules:
        yield from _imported(Target(module), "", roots)
    if statement.marks & _TEXT_TRICKS or _tricks(statement, source, roots):
        yield Part(source, WHOLE)


def _tricks(statement: Statement, source: Source, roots: tuple[str, ...]) -> bool:
    """Return whether a statement reads names of its module by their text, under any name."""
    return any(_is_trick(mention, statement, source, roots) for mention in statement.mentions)


def _is_trick(
    mention: str,
    statement: Statement | None,
    source: Source,
    roots: tuple[str, ...],
    depth: int = 5,
) -> bool:
    first, _, attributes = mention.partition(".")
    code = module_of(source)
    targets = statement.aliases.get(first, ()) if statement else ()
    targets = targets or code.aliases.get(first, ())
    if not targets and first not in code.definitions:
        return mention in _TRICKS
    if not depth:
        return False
    for module, attribute in targets:
        path = ".".join(filter(None, [attribute, attributes]))
        if f"{module}.{path}".rstrip(".") in _TRICKS:
            return True
        other = find(module, roots)
        if other and path and _is_trick(path, None, other, roots, depth - 1):
            return True
    renamed = [each.renames for each in code.definitions.get(first, ()) if each.renames]
    return any(
        _is_trick(".".join(filter(None, [name, attributes])), None, source, roots, depth - 1)
        for name in renamed
    )


def _imported(target: Target, attributes: str, roots: tuple[str, ...]) -> Iterator[Part]:
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
def _registers(part: Part, roots: tuple[str, ...]) -> bool:
    return any(each.marks & _REGISTERING for each in statements_of(part, roots))


def _derived(part: Part) -> Iterator[Part]:
    """Yield the classes of a module that have bases."""
    for statement in module_of(part.source).statements:
        if statement.derives:
            yield from (Part(part.source, name) for name in statement.bound)


@cache
def effects(source: Source, roots: tuple[str, ...]) -> tuple[Statement, ...]:
    """Return the statements of a module that count even if nothing mentions what they bind.

    A decorator or a metaclass may register what it is for. Those of libraries rarely register
    anything that the project's own code looks up, and would make every dataclass count; so only
    those of the project are considered. Other calls count if they are to functions of the project
    that change something beyond their own variables.
    """
    code = module_of(source)

    def is_own(first: str) -> bool:
        targets = code.aliases.get(first, ())
        return not first or first in code.definitions or any(find(t.module, roots) for t in targets)

    return tuple(
        each
        for each in code.statements
        if each.acts
        or any(map(is_own, each.decorators))
        or any(_changes(call, source, roots) for call in each.calls)
    )


@cache
def _changes(call: str, source: Source, roots: tuple[str, ...]) -> bool:
    """Return whether a call may change something that others look up."""
    pending, seen = [(call, source, _DEEP)], set()
    while pending:
        path, source, deep = pending.pop()
        if (path, source) in seen:
            continue
        seen.add((path, source))
        first, _, attributes = path.partition(".")
        code = module_of(source)
        for statement in code.definitions.get(first, ()):
            if statement.is_definition:
                if statement.changes:
                    return True
                inside = statement.mentions if deep else ()
                pending += [(mention, source, deep - 1) for mention in inside]
            elif attributes.rpartition(".")[2] in MUTATORS:
                return True
        for module, attribute in code.aliases.get(first, ()):
            inner = find(f"{module}.{attribute}", roots) if attribute else None
            inner, path = (inner, "") if inner else (find(module, roots), attribute)
            path = ".".join(filter(None, [path, attributes]))
            if inner and path:
                pending.append((path, inner, deep))
    return False


@cache
def find(module: str, roots: tuple[str, ...]) -> Source | None:
    """Return a module that lies in one of the folders; None for one of a library."""
    if not module:
        return None
    folders = [os.path.join(root, *module.split(".")) for root in roots]
    for folder in folders:
        for file in (os.path.join(folder, "__init__.py"), f"{folder}.py"):
            if os.path.isfile(file):
                return Source(module, file)
    return next((Source(module, folder) for folder in folders if os.path.isdir(folder)), None)


@cache
def module_of(source: Source) -> Module:
    """Return the code of a module."""
    if os.path.isdir(source.path):
        return Module()
    is_package = os.path.basename(source.path) == "__init__.py"
    package = source.module if is_package else source.module.rpartition(".")[0]
    return read_module(Path(source.path), package)
