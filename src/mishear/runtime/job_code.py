"""The code and the libraries that the results of a job depend on, as one of its parameters."""

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from mishear.runtime.distributions import (
    source_folders,
    top_modules,
    unversioned,
    versions_of,
)
from mishear.runtime.file_hashes import FileHashes
from mishear.runtime.fingerprint import Code, read_code


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
        self._fixed = [str(source), os.getcwd()]
        self._search_path = search_path
        self._hashes = hashes or FileHashes()
        self._read: dict[tuple[Path, tuple[str, ...]], Code] = {}
        self._said: dict[tuple[Path, tuple[str, ...]], str] = {}

    @cached_property
    def roots(self) -> list[Path]:
        """The folders whose code is followed: Mishear's, the working directory, and the user's."""
        others = top_modules(self.classes) - {"mishear"}
        found = [*self._fixed, *source_folders(others, self._search_path)]
        return list(map(Path, dict.fromkeys(found)))

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
                code.libraries, code.libraries_of_others, code.libraries_of_names
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
        modules = [
            f"module '{name}': it is neither a Python file nor a part of an installed package, so "
            f"its code does not count"
            for name in unversioned(code.libraries_of_names)
        ]
        return [*code.unseen, *modules]

    def files(self, script: Path, names: Sequence[str]) -> frozenset[str]:
        """Return the modules outside Mishear and the files of data that :meth:`of` covers."""
        return self._code(script, tuple(names)).files

    def _code(self, script: Path, names: tuple[str, ...]) -> Code:
        if (script, names) not in self._read:
            self._read[script, names] = read_code(script, self.roots, names, self._hashes)
        return self._read[script, names]
