"""Whose code a file is."""

import os
import sysconfig
from functools import cache
from pathlib import Path

PYTHON = tuple(map(sysconfig.get_path, ("stdlib", "platstdlib")))
"""Folders of the standard library."""

INSTALLED = frozenset(("site-packages", "dist-packages"))
"""Names of folders in which packages are installed."""

_MISHEAR = f"{Path(__file__).parents[1]}{os.sep}"


@cache
def is_users(file: str) -> bool:
    """Return whether a file of code is the user's: not Mishear's, Python's or a package's."""
    is_installed = not INSTALLED.isdisjoint(Path(file).parts)
    return os.path.isabs(file) and not is_installed and not file.startswith((_MISHEAR, *PYTHON))
