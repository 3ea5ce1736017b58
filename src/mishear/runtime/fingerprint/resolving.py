"""Find the modules of the project, and what a name in one of them stands for."""

import builtins
import os
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from mishear.runtime.fingerprint.syntax import Module, Statement, Target
from mishear.runtime.fingerprint.syntax_cache import read_module

_BUILTINS = frozenset((*dir(builtins), "__builtins__"))
_NOTHING: frozenset[str] = frozenset()
_DEEP = 5
"""How many other names a name is followed through."""

IMPORTERS = frozenset(
    ("builtins.__import__", "importlib.import_module", "importlib.__import__")
    + ("pkgutil.resolve_name", "pydoc.locate", "runpy.run_module")
)
"""Full names of what imports a module by its name, which may be in the code."""


FILE_IMPORTERS = re.compile(
    r"importlib\.util\.spec_from_(file_location|loader)|runpy\.run_path"
    r"|importlib\.machinery\.\w+Loader|zipimport\.zipimporter|imp\.load_\w+"
)
"""Full names of what imports a module by its file."""


class Source(NamedTuple):
    """A module with its file, or its folder if that has no ``__init__.py``."""

    module: str
    path: str

    @property
    def is_own(self) -> bool:
        """Whether it belongs to Mishear."""
        return self.module.partition(".")[0] in ("", "mishear")

    @property
    def package(self) -> str:
        """The package that its relative imports refer to."""
        is_package = os.path.basename(self.path) == "__init__.py"
        return self.module if is_package else self.module.rpartition(".")[0]


@cache
def find(module: str, roots: tuple[str, ...]) -> Source | None:
    """Return a module that lies in one of the folders; None for one of a library.

    As in Python, a package or module in any of the folders comes before all folders of its name
    without an ``__init__.py``. The latter are one package together.
    """
    folders = _candidates(module, roots)
    for folder in folders:
        for file in (os.path.join(folder, "__init__.py"), f"{folder}.py"):
            if os.path.isfile(file):
                return Source(module, file)
    return next((Source(module, folder) for folder in folders if os.path.isdir(folder)), None)


@cache
def _places(package: str, roots: tuple[str, ...]) -> tuple[str, ...]:
    """Return the folders in which the modules of a package lie; of none, the roots."""
    if not package:
        return roots
    found = find(package, roots)
    if found is None or found.path.endswith(".py"):
        is_package = found is not None and os.path.basename(found.path) == "__init__.py"
        return (os.path.dirname(found.path),) if is_package else ()
    return tuple(filter(os.path.isdir, _candidates(package, roots)))


def _candidates(module: str, roots: tuple[str, ...]) -> list[str]:
    """Return the paths, without ``.py``, that a module may have."""
    package, _, name = module.rpartition(".")
    return [os.path.join(place, name) for place in _places(package, roots)] if name else []


@cache
def module_of(source: Source) -> Module:
    """Return the code of a module."""
    if os.path.isdir(source.path):
        return Module()
    return read_module(Path(source.path), source.package)


def full_names(
    name: str, statement: Statement, source: Source, roots: tuple[str, ...], depth: int = _DEEP
) -> frozenset[str]:
    """Return what a name in a statement stands for, outside the project.

    Imports and plain assignments are followed, in the statement, in its module and in the other
    modules of the project: with ``import subprocess as s`` and ``start = s.run``, ``start`` is
    ``subprocess.run``. What Python itself defines begins with ``builtins.``. A name of the project
    and one that is not known stand for nothing.
    """
    first, _, attributes = name.partition(".")
    targets = statement.aliases.get(first, ())
    renamed = statement.renames.get(first, ()) if depth else ()
    if not targets and not renamed:
        code = module_of(source)
        if first in code.aliases or first in code.renames:
            return _of_module(name, source, roots)
        is_builtin = first in _BUILTINS and first not in code.definitions
        return frozenset((f"builtins.{name}",)) if is_builtin else _NOTHING
    found = {each for target in targets for each in _of_target(target, attributes, roots, depth)}
    for other in renamed:
        found |= full_names(joined(other, attributes), statement, source, roots, depth - 1)
    return frozenset(found)


@cache
def _of_module(
    name: str, source: Source, roots: tuple[str, ...], depth: int = _DEEP
) -> frozenset[str]:
    """Return what a name at the top level of a module stands for."""
    first, _, attributes = name.partition(".")
    code = module_of(source)
    targets, renamed = code.aliases.get(first, ()), code.renames.get(first, ())
    if not targets and first not in code.definitions and first in _BUILTINS:
        return frozenset((f"builtins.{name}",))
    if not depth:
        return _NOTHING
    found = {each for target in targets for each in _of_target(target, attributes, roots, depth)}
    for other in renamed:
        found |= _of_module(joined(other, attributes), source, roots, depth - 1)
    return frozenset(found)


def _of_target(
    target: Target, attributes: str, roots: tuple[str, ...], depth: int
) -> frozenset[str]:
    path = joined(target.attribute, attributes)
    source = find(target.module, roots)
    while source and path and (inner := find(f"{source.module}.{path.partition('.')[0]}", roots)):
        source, path = inner, path.partition(".")[2]
    if source is None or os.path.isdir(source.path):  # Such a folder stands before no library.
        return frozenset((joined(target.module, target.attribute, attributes),))
    return _of_module(path, source, roots, depth - 1) if path and depth else _NOTHING


def joined(*names: str) -> str:
    """Join names that are not empty by dots."""
    return ".".join(filter(None, names))
