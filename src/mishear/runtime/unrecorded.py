"""Results of which nothing is recorded: jobs cannot tell whether they are as they were written."""

import os
import re
from pathlib import Path

from mishear.runtime.clocks import TIMESTAMP
from mishear.runtime.contents import RECORDS, SUFFIX

_UNFINISHED = re.compile(r"\..*|unfinished\.pt|.*\.part(\.json)?")
"""Names of files that are no outputs: a training or a download goes on from them."""


def notice_of_unrecorded(results: Path) -> str:
    """Say how many results have no record, and what that means; nothing where all have one.

    Folders that are one output have none, nor has what a job has not finished.

    Parameters
    ----------
    results
        The folder of all results.
    """
    count = 0
    root, records = str(results), str(results / RECORDS)
    for folder, folders, names in os.walk(root):
        if TIMESTAMP in names:
            folders.clear()
        elif names:
            recorded = _names(records + folder[len(root) :])
            left = [name for name in names if name + SUFFIX not in recorded]
            count += sum(not _UNFINISHED.fullmatch(name) for name in left)
        if folder == root and RECORDS in folders:
            folders.remove(RECORDS)
    if not count:
        return ""
    return (
        f"Results without a record in {results / RECORDS}, as after a copy without it: {count}. If "
        f"they were edited or damaged, jobs notice that only by a hash beside them, by their form, "
        f"or where they contradict each other (docs/results.md)."
    )


def _names(folder: str) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()
