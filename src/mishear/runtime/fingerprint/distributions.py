"""Versions of the libraries that jobs use, as a part of what their results depend on."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import (
    Distribution,
    PackageNotFoundError,
    distribution,
    packages_distributions,
)
from pathlib import Path

from mishear.runtime.environment import LIBRARIES
from mishear.runtime.file_hashes import FileHashes, hash_of_hashes
from mishear.runtime.fingerprint.source_folders import folders_of, is_source

INDIFFERENT = frozenset(
    ("filelock", "jinja2", "markupsafe", "matplotlib", "pandas", "psutil", "pydantic", "yaml")
    + ("pydantic_core", "pynvml", "requests", "safetensors", "tqdm", "urllib3")
)
"""Libraries whose version decides no number that Mishear's code computes with them."""

_NAMES = {"PIL": "pillow", "espeakng_loader": "espeakng-loader"}


def versions_of(
    modules: Iterable[str], others: Iterable[str], classes: Iterable[str], hashes: FileHashes
) -> str:
    """Return the libraries that decide a result, as ``numpy 2.4.1, torch 2.11.0``.

    Parameters
    ----------
    modules
        Top-level modules of libraries that Mishear's code mentions. Of these, the
        :data:`INDIFFERENT` do not count.
    others
        Those that other code mentions.
    classes
        Those that classes of the config belong to. The files of their packages count, too, except
        of :data:`~mishear.runtime.environment.LIBRARIES`.
    hashes
        What knows the content of these files.

    Returns
    -------
    str
        Modules of Python itself and what is not installed are left out.
    """
    chosen = {*(set(modules) - INDIFFERENT), *others, *classes} - set(sys.stdlib_module_names)
    with_files = set(classes) - set(LIBRARIES)
    found = {}
    for module in chosen:
        for package in _distributions(module):
            name, version = _title(package)
            if module in with_files:
                version = f"{version} ({_content(package, module, hashes)})"
            found[name] = max(found.get(name, ""), version)
    return ", ".join(f"{name} {found[name]}" for name in sorted(found))


def unversioned(modules: Iterable[str]) -> list[str]:
    """Return the modules that no installed distribution accounts for."""
    known = sys.stdlib_module_names
    return sorted(each for each in modules if each not in known and not _distributions(each))


def is_link(module: str) -> bool:
    """Return whether a top-level module is installed as a link to its source."""
    return any(map(is_source, folders_of(module))) or any(map(_is_editable, _distributions(module)))


def _is_editable(package: Distribution) -> bool:
    about = json.loads(package.read_text("direct_url.json") or "{}")
    return about.get("dir_info", {}).get("editable", False)


@cache
def _distributions(module: str) -> tuple[Distribution, ...]:
    """Return what installs a top-level module; several may share a namespace."""
    # Asking for all that is installed takes a fraction of a second, and most have the name of the
    # module.
    with suppress(PackageNotFoundError):
        return (distribution(_NAMES.get(module, module)),)
    return tuple(map(distribution, sorted(set(_packages().get(module, ())))))


_packages = cache(packages_distributions)


@cache
def _title(package: Distribution) -> tuple[str, str]:
    """Return its name and version; each of both parses its metadata."""
    return package.name, package.version


@cache
def _content(package: Distribution, module: str, hashes: FileHashes) -> str:
    """Return a hash of the files of a package, as they are now."""
    # A package may be built anew without another version, or be edited where it is installed.
    folder = str(package.locate_file(""))
    # Packages of a Linux distribution may have no list of files.
    listed = package.files or (Path(module), Path(f"{module}.py"))
    tops = {file.parts[0] for file in listed}
    files = sorted(
        file for top in tops if not _is_about(top) for file in _files(os.path.join(folder, top))
    )
    return hash_of_hashes([os.path.relpath(each, folder) for each in files], hashes.of_all(files))


def _is_about(top: str) -> bool:
    """Return whether a name in a folder of packages is none of a module."""
    return top in ("..", "__pycache__") or top.endswith((".dist-info", ".egg-info"))


def _files(path: str) -> Iterator[str]:
    """Yield a file, or all files in a folder except what Python keeps there itself."""
    if not os.path.isdir(path):
        yield path
    for folder, folders, files in os.walk(path):
        folders[:] = [each for each in folders if each != "__pycache__"]
        yield from (os.path.join(folder, each) for each in files)


def top_modules(names: Sequence[str]) -> frozenset[str]:
    """Return the top-level modules of dotted paths."""
    return frozenset(name.partition(".")[0] for name in names)
