"""Hash a script together with the project code it uses.

Snakemake reruns a job when its ``params`` change but does not look into imported modules. With
this hash among the ``params``, exactly the jobs whose code changed rerun. The hash covers the
functions, classes and variables that the script refers to, directly or through others. It ignores
other code in the same modules, comments, docstrings, formatting and modification times.

In doubt more code is covered: a name wherever it is mentioned, a class as a whole, and all of a
module whose attributes are not known (``import *``, ``getattr(module, name)``). Statements of a
module that do more than bind names, such as a call at its top level, are covered as soon as the
module is imported.

Not covered are modules imported by a name that is built at run time (``importlib.import_module``),
names in annotations written as text, classes registered only by ``__init_subclass__`` of a base
class, and side effects of a call whose result is assigned to a variable that nothing uses.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from mishear.runtime.syntax import Module, Statement, Target
from mishear.runtime.syntax_cache import read_module

_WHOLE = "*"
_LOADED = ""
_NAMESPACE_TRICKS = {"globals", "eval", "exec", "sys.modules"}


class _Source(NamedTuple):
    """A module with its file, or its folder if that has no ``__init__.py``."""

    module: str
    path: str


class _Part(NamedTuple):
    """A name in a module with attributes taken from it, all of the module, or its import."""

    source: _Source
    name: str


def fingerprint(entry: Path, roots: Sequence[Path], names: Sequence[str] = ()) -> str:
    """Hash a Python file together with all code it uses, directly or not.

    Parameters
    ----------
    entry
        The script.
    roots
        Folders in which imported modules are searched; a module found in none of them belongs to
        a library and is left out.
    names
        Dotted paths of modules, classes and functions that the script imports dynamically, such
        as a class named in the config.

    Returns
    -------
    str
        Twelve hexadecimal digits, the same on every supported Python version.

    Raises
    ------
    SyntaxError
        If one of the files is not Python.
    """
    roots = tuple(map(str, roots))
    script = _Source("", str(entry))
    code = _module(script)
    pending = [_Part(script, name) for name in (_LOADED, *code.definitions)]
    for name in names:
        pending += _named(name, roots)
    seen = set()
    while pending:
        part = pending.pop()
        if part not in seen:
            seen.add(part)
            pending += _neighbours(part, roots)
    lines = {line for part in seen for line in _lines(part, roots)}
    body = [statement.digest for statement in code.statements]
    return hashlib.sha256("\n".join([*body, *sorted(lines)]).encode()).hexdigest()[:12]


def hash_of_files(paths: Iterable[Path]) -> str:
    """Compute a hash of the content of files that are not code, in the order of their names."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(paths))).hexdigest()


def _lines(part: _Part, roots: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines by which a part enters the hash."""
    code = _module(part.source)
    name = part.name.partition(".")[0]
    label = f"{part.source.module} {name}"
    statements = _effects(part.source, roots) if name == _LOADED else code.definitions.get(name)
    if statements:
        yield " ".join([label, *(statement.digest for statement in statements)])
    for target in code.aliases.get(name, ()):
        yield f"{label} = {target.module}:{target.attribute}"


@cache
def _neighbours(part: _Part, roots: tuple[str, ...]) -> frozenset[_Part]:
    """Return the parts that a part refers to."""
    source, name = part
    code = _module(source)
    if name == _WHOLE:
        return frozenset(_Part(source, bound) for bound in code.definitions | code.aliases)
    found = {_Part(source, _LOADED)}
    if name == _LOADED:
        statements = _effects(source, roots)
        for module in code.loads:
            found.update(_loaded(module, roots))
    else:
        first, _, attributes = name.partition(".")
        statements = code.definitions.get(first, ())
        for target in code.aliases.get(first, ()):
            found.update(_imported(target, attributes, roots))
    for statement in statements:
        found.update(_used(statement, source, roots))
    return frozenset(found)


def _used(statement: Statement, source: _Source, roots: tuple[str, ...]) -> Iterator[_Part]:
    """Yield the parts that a statement mentions or imports."""
    code = _module(source)
    for mention in statement.mentions:
        first, _, attributes = mention.partition(".")
        if first in code.aliases:
            yield _Part(source, mention)
        elif first in code.definitions:
            yield _Part(source, first)
        for target in statement.aliases.get(first, ()):
            yield from _imported(target, attributes, roots)
    for target in statement.aliases.get("*", ()):
        yield from _imported(Target(target.module), "", roots)
    for module in statement.loads:
        yield from _loaded(module, roots)
    if statement.mentions & _NAMESPACE_TRICKS:
        yield _Part(source, _WHOLE)


def _imported(target: Target, attributes: str, roots: tuple[str, ...]) -> Iterator[_Part]:
    """Resolve an imported name with the attributes taken from it."""
    source = _find(target.module, roots)
    path = ".".join(filter(None, [target.attribute, attributes]))
    while source:
        yield from _loaded(source.module, roots)
        first, _, rest = path.partition(".")
        submodule = _find(f"{source.module}.{first}", roots) if first else None
        code = _module(source)
        if first in code.definitions or first in code.aliases:
            yield _Part(source, path)
        elif submodule is None:
            yield _Part(source, _WHOLE)
        source, path = submodule, rest


def _loaded(module: str, roots: tuple[str, ...]) -> Iterator[_Part]:
    """Yield a module and the packages around it, all of which an import executes."""
    while module:
        source = _find(module, roots)
        if source:
            yield _Part(source, _LOADED)
        module = module.rpartition(".")[0]


def _named(name: str, roots: tuple[str, ...]) -> Iterator[_Part]:
    """Resolve a dotted path, whichever part of it is the module."""
    module, attributes = name, ""
    while module and not _find(module, roots):
        module, _, last = module.rpartition(".")
        attributes = ".".join(filter(None, [last, attributes]))
    yield from _imported(Target(module), attributes, roots)


@cache
def _effects(source: _Source, roots: tuple[str, ...]) -> tuple[Statement, ...]:
    """Return the statements of a module that count even if nothing mentions what they bind.

    A decorator may register what it decorates. Decorators of libraries rarely register anything
    that the project's own code looks up, and would make every dataclass count; so only those of
    the project are considered.
    """
    code = _module(source)

    def is_own(decorator: str) -> bool:
        first = decorator.partition(".")[0]
        targets = code.aliases.get(first, ())
        return (
            not first or first in code.definitions or any(_find(t.module, roots) for t in targets)
        )

    return tuple(s for s in code.statements if s.acts or any(map(is_own, s.decorators)))


@cache
def _find(module: str, roots: tuple[str, ...]) -> _Source | None:
    if not module:
        return None
    folders = [os.path.join(root, *module.split(".")) for root in roots]
    for folder in folders:
        for file in (os.path.join(folder, "__init__.py"), f"{folder}.py"):
            if os.path.isfile(file):
                return _Source(module, file)
    return next((_Source(module, folder) for folder in folders if os.path.isdir(folder)), None)


@cache
def _module(source: _Source) -> Module:
    if os.path.isdir(source.path):
        return Module()
    is_package = os.path.basename(source.path) == "__init__.py"
    package = source.module if is_package else source.module.rpartition(".")[0]
    return read_module(Path(source.path), package)
