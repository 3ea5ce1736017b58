"""The code and the libraries that the results of a job depend on, as one of its parameters."""

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from mishear.runtime.environment import LIBRARIES
from mishear.runtime.file_hashes import FileHashes, hash_of_hashes
from mishear.runtime.fingerprint.distributions import is_link, top_modules, unversioned, versions_of
from mishear.runtime.fingerprint.following import follow, named
from mishear.runtime.fingerprint.hashing import Code, read_code
from mishear.runtime.fingerprint.imports import imports_of
from mishear.runtime.fingerprint.infrastructure import INFRASTRUCTURE
from mishear.runtime.fingerprint.resolving import find, module_of
from mishear.runtime.fingerprint.search_paths import adds_folders, changes_in
from mishear.runtime.fingerprint.source_folders import (
    folders_listed,
    folders_of,
    is_source,
    source_folders,
)

ADDS = (
    "adds a folder to sys.path that the code does not name, so what it imports there does not count"
)

_READ_BY_JOBS = (".py", ".j2", ".json", ".yaml")
_EXEMPT = tuple(f"{module.replace('.', os.sep)}.py" for module in INFRASTRUCTURE)


class _Found(NamedTuple):
    """Folders of source that code needs, and what changes ``sys.path`` beyond them."""

    first: list[str]
    last: list[str]
    unseen: list[str]


class JobCode:
    """The code of the jobs of a study.

    Parameters
    ----------
    source
        The folder of Mishear's package.
    classes
        Dotted paths of all classes in the config.
    hashes
        What knows the content of files of data that code names.
    search_path
        The value of ``PYTHONPATH`` with which jobs start, without what Mishear puts there.
    """

    def __init__(
        self,
        source: Path,
        classes: Sequence[str] = (),
        hashes: FileHashes | None = None,
        search_path: str = "",
    ) -> None:
        self.classes = list(classes)
        self._source = str(source)
        self._listed = [os.getcwd(), *folders_listed(search_path)]
        self._hashes = hashes or FileHashes()
        self._read: dict[tuple[Path, tuple[str, ...]], Code] = {}
        self._said: dict[tuple[Path, tuple[str, ...]], str] = {}

    @property
    def roots(self) -> list[Path]:
        """The folders whose code is followed: Mishear's, the working directory, and the user's."""
        return self._followed[0]

    @cached_property
    def _followed(self) -> tuple[list[Path], list[str]]:
        """The roots, and where the user's code adds others that are not known."""
        first, last = [], source_folders(top_modules(self.classes) - {"mishear"})
        while True:
            roots = tuple(dict.fromkeys([self._source, *first, *self._listed, *last]))
            found = self._folders_in(roots)
            new = [each for each in (*found.first, *found.last) if each not in roots]
            if not new:
                return list(map(Path, roots)), found.unseen
            first += [each for each in found.first if each in new]
            last += [each for each in found.last if each in new]

    def _folders_in(self, roots: tuple[str, ...]) -> _Found:
        """Find what the user's classes import in folders beside the roots."""
        found, imports = _Found([], [], []), set()
        seen = follow((part for name in self.classes for part in named(name, roots)), roots)
        others = [part for part in seen if not part.source.is_own]
        for part in others:
            imports.update(imports_of(part, roots))
        for source in sorted({part.source for part in others}):
            changes = changes_in(source.path) if adds_folders(module_of(source)) else ()
            for line, folder, is_first in changes:
                if folder is None or (os.path.isdir(folder) and not is_source(folder)):
                    found.unseen.append(f"{source.path}:{line} {ADDS}")
                elif os.path.isdir(folder):
                    (found.first if is_first else found.last).append(folder)
        found.last.extend(source_folders(top_modules(imports) - {"mishear", *LIBRARIES}))
        return found

    def of(self, script: Path, names: Sequence[str] = ()) -> str:
        """Return a hash of a script with all code it uses, and the versions of its libraries.

        Parameters
        ----------
        script
            The Python file.
        names
            Dotted paths of the classes and functions that it finds by the config.

        Raises
        ------
        SyntaxError
            If one of the files is not Python.
        """
        key = (script, tuple(names))
        if key not in self._said:  # Snakemake asks for every job.
            code = self._code(*key)
            versions = versions_of(
                code.libraries, code.libraries_of_others, code.libraries_of_names, self._hashes
            )
            self._said[key] = f"{code.digest} with {versions}" if versions else code.digest
        return self._said[key]

    def unseen(self, script: Path, names: Sequence[str]) -> list[str]:
        """Return what code outside Mishear does that :meth:`of` does not cover.

        Parameters
        ----------
        script
            A Python file that uses it.
        names
            Dotted paths of classes.

        Returns
        -------
        list of str
            File, line and what is done there; or the module whose code is not followed.
        """
        code = self._code(script, tuple(names))
        return [*code.unseen, *self._followed[1], *self._modules_unseen(code)]

    def _modules_unseen(self, code: Code) -> Iterator[str]:
        """Yield the modules whose code neither the hash nor a version covers."""
        roots = tuple(map(str, self.roots))
        others = filter(folders_of, code.libraries_of_others - code.libraries_of_names)
        loose = set(unversioned([*code.libraries_of_names, *others]))
        libraries = code.libraries_of_others | code.libraries_of_names | {*LIBRARIES}
        for name in sorted(libraries):
            if name in loose:
                yield (
                    f"module '{name}': it is neither a Python file nor a part of an installed "
                    f"package, so its code does not count"
                )
            elif not find(name, roots) and is_link(name):
                yield (
                    f"module '{name}': it is installed as a link to its source, where its code is "
                    f"not followed, so it counts by its version alone"
                )

    def files(self, script: Path, names: Sequence[str]) -> frozenset[str]:
        """Return the modules outside Mishear and the files of data that :meth:`of` covers."""
        return self._code(script, tuple(names)).files

    def of_user_files(self, script: Path) -> str | None:
        """Return a hash of the files outside Mishear that :meth:`of` covers; None without any.

        Parameters
        ----------
        script
            A Python file that uses all classes.
        """
        found = sorted(self.files(script, self.classes))
        names = list(map(os.path.basename, found))
        return hash_of_hashes(names, self._hashes.of_all(found)) if found else None

    def files_of_mishear(self, scripts: Path) -> list[str]:
        """Return the files of Mishear itself that may decide a result.

        Parameters
        ----------
        scripts
            The folder of the workflow's scripts.
        """
        found = [*Path(self._source, "mishear").rglob("*"), *scripts.glob("*.py")]
        named = (str(path) for path in found if path.suffix in _READ_BY_JOBS)
        return [path for path in named if not path.endswith(_EXEMPT)]

    def _code(self, script: Path, names: tuple[str, ...]) -> Code:
        if (script, names) not in self._read:
            self._read[script, names] = read_code(script, self.roots, names, self._hashes)
        return self._read[script, names]
