"""The commit of the source that Mishear runs from."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3]
"""The repository, where Mishear runs from one."""


@dataclass(frozen=True)
class Commit:
    """A commit of Mishear's repository.

    Attributes
    ----------
    hash : str
        Its full name.
    date : str
        When it was made, as in ISO 8601.
    clean : bool
        Whether the files were those of the commit: nothing changed, nothing added.
    """

    hash: str
    date: str
    clean: bool


def commit_of(source: Path = SOURCE) -> Commit | None:
    """Return the commit of a repository that holds Mishear.

    Parameters
    ----------
    source
        Its root.

    Returns
    -------
    Commit or None
        None where Mishear is installed as a package, or git is not.
    """
    # A package in someone's environment may lie below a repository that is not Mishear's.
    root = _git(source, "rev-parse", "--show-toplevel")
    if root is None or Path(root).resolve() != source.resolve():
        return None
    shown = _git(source, "show", "--no-patch", "--format=%H %cI", "HEAD")
    changes = _git(source, "status", "--porcelain", "--untracked-files=no")
    # New files elsewhere, such as a study and a network of one's own, are not Mishear's source.
    new = _git(source, "status", "--porcelain", "--", "src", "workflow")
    if shown is None or changes is None or new is None:
        return None
    name, date = shown.split()
    return Commit(name, date, clean=not (changes or new))


def _git(source: Path, *arguments: str) -> str | None:
    command = ["git", "--no-optional-locks", "-C", str(source), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
