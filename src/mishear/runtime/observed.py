"""Files that code of the user's loads or reads in a job, but that do not count.

The hash of a job's code (:mod:`mishear.runtime.fingerprint`) is taken from its source, which does
not show everything that it does. Jobs therefore note which modules and files code outside Mishear
and outside installed packages has used. Those that no hash covers are named, by the job that used
them and at the start of the runs that follow.
"""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from mishear.core.origin import INSTALLED, PYTHON, is_users
from mishear.runtime.counted import counted_files, hash_of, keep, notes_folder

log = logging.getLogger(__name__)

_OWN_MODULES = frozenset(("__main__", "__mp_main__", "mishear", "warm_start"))
_UNIMPORTANT = INSTALLED | {".git", ".snakemake", ".config", "__pycache__"}
_SYSTEM = ("/proc/", "/sys/", "/dev/", "/etc/", "/usr/", "/lib", *PYTHON)
_CODE = (".py", ".pyc")


def noted_before(folder: Path) -> list[str]:
    """Return what earlier jobs have used that does not count.

    Parameters
    ----------
    folder
        That of :func:`mishear.runtime.counted.write_counted`.

    Returns
    -------
    list of str
        Files that are still there. What was noted of code that has changed since is forgotten.
    """
    found: set[str] = set()
    for note in sorted((folder / "uncounted").glob("*.json")):
        with suppress(OSError, ValueError, LookupError):
            noted = json.loads(note.read_text(encoding="utf-8"))
            if all(hash_of(path) == content for path, content in noted["counted"].items()):
                found.update(noted["uncounted"])
            else:
                note.unlink(missing_ok=True)
    return sorted(filter(os.path.isfile, found))


def watch_reading() -> Callable[[], set[str]]:
    """Begin to watch which files code of the user's opens, through Python.

    Returns
    -------
    callable
        Returns the files that were read so far, without those that the process has written.
    """
    read: set[str] = set()
    written: set[str] = set()

    def note(event: str, arguments: tuple) -> None:
        if event != "open" or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        path, _, flags = arguments
        name = os.path.abspath(os.fsdecode(path))
        if flags & (os.O_WRONLY | os.O_RDWR):
            written.add(name)
        elif _is_data(name) and _is_called_by_the_user():
            read.add(name)

    sys.addaudithook(note)
    return lambda: read - written


def note_uncounted(read: Iterable[str], known: Iterable[str | Path]) -> None:
    """Note which files code of the user's has used that do not count, and warn of them.

    Parameters
    ----------
    read
        The files that it has read.
    known
        Files and folders by which the job is known to be decided, such as its input.
    """
    own = {os.path.realpath(file) for file in _modules_of_the_user()}
    counted = counted_files()
    if not own or not counted.loaded:
        return
    given = [*counted.loaded, *counted.given, *map(os.path.realpath, known)]
    used = own | set(filter(os.path.isfile, map(os.path.realpath, read)))
    if uncounted := sorted(path for path in used if not _is_in(path, given)):
        noted = {
            "uncounted": uncounted,
            "counted": {path: hash_of(path) for path in sorted(used.intersection(counted.loaded))},
        }
        is_new = keep(json.dumps(noted, sort_keys=True), notes_folder() / "uncounted")[1]
        for path in uncounted:
            # Of all jobs that use it, the first says so on the terminal.
            log.log(logging.WARNING if is_new else logging.INFO, "%s", uncounted_warning(path))


def uncounted_warning(path: str) -> str:
    """Say that a file does not count."""
    return f"Changes not detected: {path}, which the code of a class uses."


def _is_in(path: str, places: Iterable[str]) -> bool:
    return any(path == place or path.startswith(f"{place}{os.sep}") for place in places)


def _modules_of_the_user() -> Iterator[str]:
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and _is_users(name, file):
            yield file


def _is_users(module: str, file: str) -> bool:
    """Return whether a module belongs to the user, and not to Python, a package or Mishear."""
    return module.partition(".")[0] not in _OWN_MODULES and is_users(file)


def _is_data(path: str) -> bool:
    if path.endswith(_CODE) or path.startswith(_SYSTEM):
        return False
    return not _UNIMPORTANT & set(Path(path).parts)


def _is_called_by_the_user() -> bool:
    """Return whether code of the user's is on the stack."""
    frame = sys._getframe(2)
    while frame is not None:
        if _is_users(frame.f_globals.get("__name__") or "", frame.f_code.co_filename):
            return True
        frame = frame.f_back
    return False
