"""Install packages of other libraries in a folder of their own, and import them from it.

They are kept out of Mishear's environment, because some pin old releases or overwrite each other's
files. Their folder comes last on the search path, so that nothing in it shadows a package of the
environment.
"""

import importlib
import logging
import logging.config
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from mishear.core.errors import UserError
from mishear.core.files import atomic_path
from mishear.core.folders import atomic_directory

log = logging.getLogger(__name__)

REQUIREMENTS = "workflow/libraries/requirements.txt"
"""Where the packages are listed, from the root of the project."""

BY_HAND = f"pip install --no-deps --target FOLDER --requirement {REQUIREMENTS}"


def read_requirements(path: Path) -> list[str]:
    """Read the requirements in a file of pip, without comments and empty lines."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def install(requirements: Sequence[str], folder: Path) -> None:
    """Install packages into a folder with pip, without their dependencies.

    Parameters
    ----------
    requirements
        As pip takes them, such as ``advertorch==0.2.3``.
    folder
        It appears only when all packages are there.

    Raises
    ------
    UserError
        If this environment has no pip, or pip fails, as it does where there is no network.
    """
    if find_spec("pip") is None:
        raise UserError(
            f"The packages of other libraries cannot be installed: this environment "
            f"({sys.prefix}) has no pip. Add it (python -m ensurepip, uv pip install pip or "
            f"conda install pip) and run again."
        )
    with atomic_directory(folder) as temporary:
        _run_pip(["--no-deps", "--target", str(temporary), *requirements])
    log.info("installed %s", ", ".join(installed(folder)))


def _run_pip(arguments: Sequence[str]) -> None:
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True)
    log.info("%s", done.stdout)
    if done.returncode:
        log.info("%s", done.stderr)
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise UserError(
            f"The packages of other libraries cannot be installed. pip says: "
            f"{' '.join(said[:1]) or done.stderr.strip()[-300:]} They come from the package index "
            f"that pip is set to. Where there is no network, fetch them elsewhere (pip wheel "
            f"--no-deps --wheel-dir WHEELS --requirement {REQUIREMENTS}) and run with "
            f"PIP_NO_INDEX=1 and PIP_FIND_LINKS=WHEELS in the environment."
        )


def installed(folder: Path) -> list[str]:
    """List name and version of each package in a folder, sorted."""
    found = distributions(path=[str(folder)])
    return sorted(f"{package.name}=={package.version}" for package in found)


def write_installed(folder: Path, path: Path) -> None:
    """Write :func:`installed`, one package per line; comparisons use it for the folder."""
    with atomic_path(path) as temporary:
        temporary.write_text("\n".join(installed(folder)) + "\n", encoding="utf-8")


def import_library(name: str) -> ModuleType:
    """Import a module of another library without its side effects on the process.

    Parameters
    ----------
    name
        Dotted path, such as ``advertorch.defenses``.

    Raises
    ------
    UserError
        If the library, or a package it needs, is not installed.
    """
    library = name.partition(".")[0]
    with {"art": _art_kept_quiet, "advertorch": _name_for_advertorch}.get(library, nullcontext)():
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            raise UserError(
                f"{name} cannot be imported: {error.msg}. In a run of the workflow the rule "
                f"library_packages installs it; elsewhere do so yourself ({BY_HAND}) and put the "
                f"folder on PYTHONPATH."
            ) from error


@contextmanager
def _art_kept_quiet() -> Iterator[None]:
    """Prevent ART from closing the log and writing to the home folder while it is imported.

    It configures ``logging``, which closes all existing handlers and would end the log of a job,
    and it logs every call. It keeps settings, which only its data sets use, in ``~/.art``.
    """
    configure, home = logging.config.dictConfig, os.environ.get("HOME")
    with tempfile.TemporaryDirectory() as temporary:
        logging.config.dictConfig = lambda config: None
        os.environ["HOME"] = temporary
        logging.getLogger("art").setLevel(logging.WARNING)
        try:
            yield
        finally:
            logging.config.dictConfig = configure
            if home is None:
                del os.environ["HOME"]
            else:
                os.environ["HOME"] = home


@contextmanager
def _name_for_advertorch() -> Iterator[None]:
    """Provide a name of torch that advertorch 0.2.3 imports and that torch 1.9 removed.

    Only its fast adaptive boundary attack, which is not used here, calls it.
    """
    import torch.autograd.gradcheck  # noqa: F401

    # By this name, because `torch.autograd.gradcheck` is the function of the same name.
    module = sys.modules["torch.autograd.gradcheck"]
    module.zero_gradients = None
    try:
        yield
    finally:
        del module.zero_gradients
