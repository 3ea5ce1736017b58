"""Versions of the libraries that jobs use, as a part of what their results depend on."""

import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import (
    Distribution,
    PackageNotFoundError,
    distribution,
    packages_distributions,
)
from pathlib import Path

INDIFFERENT = frozenset(
    ("filelock", "jinja2", "markupsafe", "matplotlib", "pandas", "psutil", "pydantic", "yaml")
    + ("pydantic_core", "pynvml", "requests", "safetensors", "tqdm", "urllib3")
)
"""Libraries whose version decides no number that Mishear's code computes with them."""

_INSTALLED = ("site-packages", "dist-packages")
_NAMES = {"PIL": "pillow", "espeakng_loader": "espeakng-loader"}


def versions_of(modules: Iterable[str], others: Iterable[str], classes: Iterable[str]) -> str:
    """Return the libraries that decide a result, as ``numpy 2.4.1, torch 2.11.0``.

    Parameters
    ----------
    modules
        Top-level modules of libraries that Mishear's code mentions. Of these, the
        :data:`INDIFFERENT` do not count.
    others
        Those that other code mentions.
    classes
        Those that classes of the config belong to. Their files count, too, as their installation
        has recorded them.

    Returns
    -------
    str
        Modules of Python itself and what is not installed are left out.
    """
    chosen = {*(set(modules) - INDIFFERENT), *others, *classes} - set(sys.stdlib_module_names)
    found = {}
    for module in chosen:
        if (package := _distribution(module)) is not None:
            with_files = module in classes and module not in modules
            found[package.name] = _version(package, with_files)
    return ", ".join(f"{name} {found[name]}" for name in sorted(found))


def unversioned(classes: Iterable[str]) -> list[str]:
    """Return the modules of classes that no installed distribution accounts for."""
    known = sys.stdlib_module_names
    return sorted(each for each in classes if each not in known and _distribution(each) is None)


def source_folders(modules: Iterable[str], environment: str = "") -> list[str]:
    """Return the folders outside the working directory in which code of the user's may lie.

    Parameters
    ----------
    modules
        Top-level modules of the classes in the config.
    environment
        The value of ``PYTHONPATH``.

    Returns
    -------
    list of str
        Folders of ``PYTHONPATH``, and those of modules that are installed as a link to their
        source. Folders of installed packages, which are known by their versions, are left out.
    """
    folders = [os.path.abspath(each) for each in environment.split(os.pathsep) if each]
    for module in modules:
        place = _place(module)
        if place is not None:
            folders.append(place)
    return [each for each in dict.fromkeys(folders) if os.path.isdir(each) and _is_source(each)]


def _is_source(folder: str) -> bool:
    parts = Path(folder).parts
    python = Path(os.__file__).parent
    return not set(parts) & set(_INSTALLED) and not Path(folder).is_relative_to(python)


def _place(module: str) -> str | None:
    """Return the folder that a top-level module is imported from, without importing it."""
    try:
        found = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return None
    if found is None or found.origin in (None, "built-in", "frozen"):
        return None
    file = Path(found.origin)
    return str(file.parents[1] if file.name == "__init__.py" else file.parent)


@cache
def _distribution(module: str) -> Distribution | None:
    # Asking for all that is installed takes a fraction of a second, and most have the name of the
    # module.
    for name in (_NAMES.get(module, module), None):
        try:
            if name is None:
                names = packages_distributions().get(module, ())
                return distribution(names[0]) if names else None
            return distribution(name)
        except PackageNotFoundError:
            continue
    return None


@cache
def _version(package: Distribution, with_files: bool) -> str:
    if not with_files:
        return package.version
    # RECORD holds a hash of every file: a package may be built anew without another version.
    record = package.read_text("RECORD") or ""
    lines = sorted(line for line in record.splitlines() if not line.startswith(package.name + "-"))
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
    return f"{package.version} ({digest})"


def top_modules(names: Sequence[str]) -> frozenset[str]:
    """Return the top-level modules of dotted paths."""
    return frozenset(name.partition(".")[0] for name in names)
