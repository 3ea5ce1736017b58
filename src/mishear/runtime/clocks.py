"""Files that are dated in the future, because a clock was wrong or was set back.

Snakemake compares dates of files. What a job makes from a file that is dated in the future seems to
be older than that file, and ends the run.
"""

import os
import shlex
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from mishear.core.errors import UserError

TIMESTAMP = ".snakemake_timestamp"
"""File in which Snakemake keeps the date of a folder."""


def check_dates(files: Iterable[Path]) -> None:
    """Check that files of the user are not dated in the future.

    Raises
    ------
    UserError
        Naming the first that is, and the command that dates it today.
    """
    for file in files:
        if file.exists() and (date := os.stat(file).st_mtime) > time.time():
            raise UserError(
                f"{file} is dated in the future ({datetime.fromtimestamp(date):%Y-%m-%d %H:%M}), "
                f"so all that is made from it would seem to be older. If the clock of this machine "
                f"is right, date the file today: touch {shlex.quote(str(file))}"
            )


def mend_dates(results: Path) -> int:
    """Date files of a run that are dated in the future to this moment.

    Their order among themselves is lost, which is harmless: Snakemake takes files of the same date
    as made from each other.

    Parameters
    ----------
    results
        Folder of the results.

    Returns
    -------
    int
        How many there were.
    """
    now = time.time()
    mended = 0
    for path in _dated(results):
        if path.lstat().st_mtime > now:
            os.utime(path, (now, now), follow_symlinks=False)
            mended += 1
    return mended


def _dated(results: Path) -> Iterator[Path]:
    """Yield all files whose dates count. Those in an output folder do not: it has its own date."""
    for folder, folders, names in os.walk(results):
        if TIMESTAMP in names:
            folders.clear()
            names = [TIMESTAMP]
            yield Path(folder)
        yield from (Path(folder, name) for name in names)
