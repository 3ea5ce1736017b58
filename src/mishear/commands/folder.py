"""``mishear folder``: where the workflow is, for Snakemake and ``snakedeploy``."""

import argparse
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from mishear.core.errors import UserError
from mishear.study.config_files import BASE

SNAKEFILE = Path("workflow", "Snakefile")
REPOSITORY = Path(__file__).resolve().parents[3]


def run(arguments: Sequence[str]) -> None:
    """Print the folder with the workflow and its configs, see ``docs/deployment.md``.

    Raises
    ------
    UserError
        If it was not installed along with the library.
    """
    parser = argparse.ArgumentParser(prog="mishear folder", description=__doc__)
    parser.parse_args(arguments)
    print(workflow_folder())


def workflow_folder(repository: Path = REPOSITORY) -> Path:
    """Return the repository where Mishear runs from one, or else what was installed of it.

    Parameters
    ----------
    repository
        Where the repository would be.

    Raises
    ------
    UserError
        If neither has the workflow.
    """
    if (repository / SNAKEFILE).is_file():
        return repository
    try:
        installed = files("mishear") or []
    except PackageNotFoundError:
        installed = []
    for file in installed:
        path = Path(file.locate()).resolve()
        if path.parts[-4:] == ("share", "mishear", *SNAKEFILE.parts) and path.is_file():
            return path.parents[1]
    raise UserError(
        "The workflow is not installed beside the library. Install Mishear anew from its "
        "repository or its wheel: pip install --force-reinstall --no-deps FOLDER."
    )


def base_config() -> str:
    """Return the config that all others are read on top of: the user's, or else Mishear's."""
    return BASE if Path(BASE).exists() else str(workflow_folder() / BASE)
