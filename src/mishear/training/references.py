"""Victims that are not copied into the results: a folder of the user's, named with its content.

A folder with a model has some hundred megabytes. A victim made of one is a small file with its path
(relative to the working directory if the config's is) and the SHA-256 of each file that decides
what the model computes. Whoever loads the victim compares them, so a folder that has changed since
is refused and never gives other numbers.
"""

import json
from pathlib import Path

from mishear.core.errors import UserError
from mishear.core.files import atomic_path
from mishear.runtime.file_hashes import FileHashes
from mishear.study.model_folders import ModelFolder


def write_reference(folder: ModelFolder, file: Path) -> None:
    """Write a victim that is a model in a folder.

    Parameters
    ----------
    folder
        The folder.
    file
        Of the victim.
    """
    content = {"folder": str(folder.path), "files": folder.digests(FileHashes())}
    with atomic_path(file) as temporary:
        temporary.write_text(json.dumps(content, indent=1) + "\n")


def read_reference(file: Path) -> ModelFolder:
    """Return the folder that a victim refers to.

    Parameters
    ----------
    file
        From :func:`write_reference`.

    Raises
    ------
    UserError
        If a file in the folder is missing, or is not what the victim was made of.
    """
    content = json.loads(file.read_text())
    hashes = FileHashes()
    folder = ModelFolder(Path(content["folder"]), "networks")
    for name, digest in content["files"].items():
        part = folder.path / name
        if not part.is_file():
            raise UserError(_another(file, part, "is missing"))
        if hashes.of(part) != digest:
            raise UserError(_another(file, part, "has changed"))
    return folder


def _another(file: Path, part: Path, what: str) -> str:
    return (
        f"The victim {file} is a model in a folder of yours, which is not copied into the results, "
        f"and since it was made '{part}' {what}. Restore the file; or delete {file} and run "
        f"again, which evaluates the model as it is now."
    )
