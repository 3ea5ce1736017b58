"""Importing the modules of classes that a config names, and the packages they need."""

import importlib
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from mishear.core.errors import MissingPackage, UserError, lacks_memory
from mishear.core.origin import is_users

PACKAGES = {
    "eagerpy": "eagerpy",
    "foolbox": "foolbox",
    "matplotlib": "matplotlib",
    "numpy": "numpy",
    "pandas": "pandas",
    "pyautoattack": "pyautoattack",
    "pyroomacoustics": "pyroomacoustics",
    "requests": "requests",
    "safetensors": "safetensors",
    "scipy": "scipy",
    "soundfile": "soundfile",
    "torch": "torch",
    "torchaudio": "torchaudio",
    "tqdm": "tqdm",
    "urllib3": "urllib3",
}
"""Modules of Mishear's dependencies, with the packages that bring them."""


def import_module(name: str, where: str) -> ModuleType:
    """Import the module of a class that the config names.

    Parameters
    ----------
    name
        Dotted.
    where
        Key in the config, for the message.

    Raises
    ------
    UserError
        If it cannot be found, or what it imports cannot, or it raises or exits.
    MissingPackage
        If a dependency of Mishear that it needs is not installed.
    """
    try:
        with dependencies(where):
            return importlib.import_module(name)
    except UserError:
        raise
    except ModuleNotFoundError as error:
        raise UserError(f"{where}: {_not_found(name, error)}") from error
    except SystemExit as error:
        raise UserError(f"{where}: '{name}' {exits(error)} when it is imported.") from error
    except Exception as error:
        raise UserError(
            f"{where}: '{name}' cannot be imported: {type(error).__name__}: {error} "
            f"({raised_in(error)})."
        ) from error


def _not_found(name: str, error: ModuleNotFoundError) -> str:
    """Say that there is no such module, or that it imports another that is not there."""
    if f"{name}.".startswith(f"{error.name}."):
        return (
            f"cannot import '{name}' ({error}). Your own module must be in the working directory, "
            f"on PYTHONPATH or installed."
        )
    return (
        f"cannot import '{name}', which imports '{error.name}' ({raised_in(error)}), and there is "
        f"no such module. Install its package, or correct the import."
    )


def exits(error: SystemExit) -> str:
    """Say that code ends the process."""
    return f"ends the process by exit({'' if error.code is None else repr(error.code)})"


def raised_in(error: BaseException) -> str:
    """Return file and line in which an error was raised.

    That is the last line of the user's that was executed; if there is none, any.
    """
    if isinstance(error, SyntaxError):
        return f"{error.filename}, line {error.lineno}"
    last = _last_of_user(error) or traceback.extract_tb(error.__traceback__)[-1]
    return f"{last.filename}, line {last.lineno}"


def described(error: BaseException) -> str:
    """Return the type of an error, the first line of its text, and the user's line of code."""
    lines = str(error).strip().splitlines()
    text = f": {lines[0].rstrip('.')}" if lines else ""
    return f"{type(error).__name__}{text}{users_line(error)}"


def users_line(error: BaseException) -> str:
    """Return the last line of the user's before an error, in brackets; nothing if there is none."""
    last = _last_of_user(error)
    return f" ({last.filename}, line {last.lineno})" if last else ""


def _last_of_user(error: BaseException) -> traceback.FrameSummary | None:
    lines = traceback.extract_tb(error.__traceback__)
    return next((line for line in reversed(lines) if is_users(line.filename)), None)


@contextmanager
def dependencies(where: str) -> Iterator[None]:
    """Turn the failed import of one of Mishear's dependencies into a :class:`MissingPackage`.

    Where memory is too short to load it, that is said.

    Parameters
    ----------
    where
        Key in the config, or the file, that needs it.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = PACKAGES.get((error.name or "").partition(".")[0])
        if package is None:
            raise
        raise MissingPackage(package, where) from error
    except (ImportError, MemoryError) as error:
        if not lacks_memory(error):
            raise
        raise UserError(
            f"There is not enough memory to load the libraries ({error}). Close other programs, or "
            f"raise the limit (ulimit -v)."
        ) from error


def add_packages(folder: Path) -> None:
    """Let the packages in a folder be found, after all that is found already."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
