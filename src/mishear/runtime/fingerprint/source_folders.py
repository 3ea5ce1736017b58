"""Find the folders in which the source of modules lies, without importing them."""

import os
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_INSTALLED = ("site-packages", "dist-packages")


def folders_listed(environment: str) -> list[str]:
    """Return the folders of source in a value of ``PYTHONPATH``."""
    folders = [os.path.abspath(each) for each in environment.split(os.pathsep) if each]
    return [folder for folder in dict.fromkeys(folders) if is_source(folder)]


def source_folders(modules: Iterable[str]) -> list[str]:
    """Return the folders of source that top-level modules are imported from.

    Such are those of packages that are installed as links to their source, and those that a file
    ``*.pth`` names. A namespace package may have several.
    """
    found = (folder for module in sorted(modules) for folder in folders_of(module))
    return [folder for folder in dict.fromkeys(found) if is_source(folder)]


def is_source(folder: str) -> bool:
    """Return whether a folder exists and is none of installed packages or of Python itself."""
    parts = Path(folder).parts
    python = Path(os.__file__).parent
    installed = set(parts) & set(_INSTALLED) or Path(folder).is_relative_to(python)
    return not installed and os.path.isdir(folder)


@cache
def folders_of(module: str) -> tuple[str, ...]:
    """Return the folders that hold a top-level module; none if it cannot be found."""
    try:
        found = find_spec(module)
    except (ImportError, ValueError):
        return ()
    if found is None:
        return ()
    if found.submodule_search_locations is not None:
        return tuple(map(os.path.dirname, found.submodule_search_locations))
    return (os.path.dirname(found.origin),) if found.has_location else ()
