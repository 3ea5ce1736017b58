"""Find compiled modules, whose code cannot be read, by the names that code imports."""

import os
from collections.abc import Iterator
from functools import cache
from importlib.machinery import BYTECODE_SUFFIXES, EXTENSION_SUFFIXES

_SUFFIXES = (*EXTENSION_SUFFIXES, *BYTECODE_SUFFIXES)


@cache
def compiled_files(module: str, roots: tuple[str, ...]) -> tuple[str, ...]:
    """Return the compiled files that the import of a module may load.

    Parameters
    ----------
    module
        Its dotted name, of which the end may be an attribute of a module.
    roots
        Folders in which modules are searched.

    Returns
    -------
    tuple of str
        Files of the module and of the packages around it.
    """
    parts = module.split(".")
    return tuple(
        file
        for root in roots
        for depth in range(len(parts))
        for file in _named(os.path.join(root, *parts[:depth]), parts[depth])
    )


def _named(folder: str, name: str) -> Iterator[str]:
    present = _files(folder)
    for suffix in _SUFFIXES:
        if f"{name}{suffix}" in present:
            yield os.path.join(folder, f"{name}{suffix}")
        # Of what is in a package, the import of the package itself loads this alone.
        if name in present and f"__init__{suffix}" in _files(os.path.join(folder, name)):
            yield os.path.join(folder, name, f"__init__{suffix}")


@cache
def _files(folder: str) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))
    except OSError:
        return frozenset()
