"""Code and files of data that are changed after a run has planned its jobs.

What a job computes is kept under the hash of its code as it was when the run began. A job that
loads anything else must not keep its result under that hash.
"""

import os
import sys
from pathlib import Path
from typing import Any

from mishear.core.errors import edited_during_run
from mishear.core.files import Stamp, stamp_of
from mishear.runtime.counted import counted_files, hash_of, hashes_of_run


class EditedFiles:
    """Compare what a job loads with what its run has listed as files that count.

    Modules are compared as they are executed, and files of data as they are opened, through
    Python. What is edited after a job has loaded it, and is not loaded again, does not matter to
    that job. Files of the user's that are the job's input are compared before and after it.
    """

    def __init__(self) -> None:
        counted = counted_files()
        self._loaded, self._given = counted.loaded, counted.given
        self._names = set(map(os.path.basename, self._loaded))
        self._inputs: list[str] = []
        self._compared: set[tuple[str, Stamp | None]] = set()
        self._edited = ""

    def watch(self, job: Any) -> None:
        """Compare what is loaded so far, and from now on what else is loaded.

        Parameters
        ----------
        job
            The ``snakemake`` that a script is given.

        Raises
        ------
        UserError
            Naming the file that was changed, now or where it is loaded.
        """
        if self._given:
            self._inputs = list(filter(self._given.__contains__, map(os.path.realpath, job.input)))
            self._compare_inputs()
        if not self._loaded:
            return
        for module in list(sys.modules.values()):
            self._compare(getattr(module, "__file__", None))
        # Snakemake executes a copy, which is named after the script.
        self._compare(os.path.join(job.scriptdir, Path(sys.argv[0]).name.partition(".")[2]))
        sys.addaudithook(self._look)

    @property
    def message(self) -> str:
        """What is said of the first file that was changed; nothing if none was."""
        return str(edited_during_run(self._edited)) if self._edited else ""

    def check(self) -> None:
        """Compare the job's input, and raise an error again that other code may have caught.

        Raises
        ------
        UserError
            Naming the file that was changed.
        """
        self._compare_inputs()
        self._raise()

    def _raise(self) -> None:
        if self._edited:
            raise edited_during_run(self._edited)

    def _compare_inputs(self) -> None:
        if self._inputs:
            found = zip(self._inputs, hashes_of_run().of_all(self._inputs), strict=True)
            edited = (path for path, content in found if content != self._given[path])
            self._edited = self._edited or next(edited, "")
            self._raise()

    def _look(self, event: str, arguments: tuple) -> None:
        if event == "open":
            path, _, flags = arguments
            is_read = not flags & (os.O_WRONLY | os.O_RDWR)
            if is_read and isinstance(path, str | bytes | os.PathLike):
                self._compare(os.fsdecode(path))
        elif event == "exec" and getattr(arguments[0], "co_name", "") == "<module>":
            self._compare(arguments[0].co_filename)

    def _compare(self, path: Any) -> None:
        if not isinstance(path, str) or os.path.basename(path) not in self._names:
            return
        path = os.path.realpath(path)
        counted, found = self._loaded.get(path), (path, _stamp(path))
        if counted is None or found in self._compared:
            return
        self._compared.add(found)
        if hash_of(path) != counted:
            self._edited = self._edited or path
            self._raise()


def _stamp(path: str) -> Stamp | None:
    try:
        return stamp_of(os.stat(path))
    except OSError:
        return None
