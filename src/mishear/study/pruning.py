"""Find and remove the results that no config of a list uses.

What is not known is kept and listed, and links are not followed.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from mishear.config.config import Config
from mishear.core.errors import UserError
from mishear.runtime.contents import described_by
from mishear.runtime.file_hashes import HASHES, FileHashes
from mishear.runtime.locks import alone
from mishear.study import paths
from mishear.study.own_files import missing_files
from mishear.study.places import is_written, place_of, place_on_disk
from mishear.study.plan import Plan
from mishear.study.used import Used, used

RESULTS = Path("results")
STATE = Path(".snakemake")

LIBRARIES = (f"{paths.LIBRARY_PACKAGES}/", paths.LIBRARY_LISTING)
_REPORT = re.compile(
    r"results/reports/([^/]+)"
    r"(?=/(.+\.(csv|html|svg|pdf|json|tex|bib)|methods\.md|gate\.txt)$)"
)
"""A study's report, where what follows is a file of it."""

UNUSED = "not used by any of the configs"
FORMER = "from an earlier version of Mishear, whose paths had no digests"


@dataclass(frozen=True)
class Found:
    """A file in ``results``, or what else is there.

    Attributes
    ----------
    path : str
        From the working directory.
    group : str
        The part of the path that stands for it in a listing.
    size : int
        Bytes on disk.
    reason : str
        Why it can be removed; empty if it is used or not known.
    is_known : bool
        Whether Mishear, with some config, may have written it.
    """

    path: str
    group: str
    size: int
    reason: str = ""
    is_known: bool = True


@dataclass
class Uses:
    """What some configs use together."""

    studies: set[str] = field(default_factory=set)
    jobs: set[tuple[str, ...]] = field(default_factory=set)
    others: set[str] = field(default_factory=set)

    def add(self, study: str, found: Used) -> None:
        """Add what one study uses."""
        self.studies.add(study)
        self.jobs |= found.jobs
        self.others |= found.others

    def judge(self, path: str, size: int) -> Found:
        """Say whether a file is used."""
        # What is remembered of a file goes with it.
        name = described_by(path)
        kept, place = place_on_disk(name), place_of(name)
        if kept and is_written(kept.path, kept.place):
            reason = "" if kept.job in self.jobs else UNUSED
            return Found(path, f"{kept.place.text}-{kept.digest}", size, reason)
        if place and is_written(name, place):
            return Found(path, place.text, size, FORMER)
        if found := _REPORT.match(name):
            return Found(path, found[0], size, "" if found[1] in self.studies else UNUSED)
        if name.startswith(LIBRARIES):
            is_used = paths.LIBRARY_PACKAGES in self.others
            return Found(path, "results/libraries", size, "" if is_used else UNUSED)
        return Found(path, path, size, is_known=False)


def uses_of(configs: Iterable[str], hashes: FileHashes, read: Callable[[str], Config]) -> Uses:
    """Return what some configs use, see :func:`prune`.

    Raises
    ------
    UserError
        If a config is wrong, or names a file that is not there: its results would be taken for
        those of another.
    """
    found = Uses()
    for files in configs:
        plan = Plan(read(files), hashes)
        if absent := missing_files(plan):
            raise UserError(
                f"{files}: {absent[0]} does not exist, so the results made from it are not known. "
                f"Restore it, or leave the config out."
            )
        found.add(plan.config.study.name, used(plan))
    return found


def files_below(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield the files below a folder and their sizes on disk; links as files that are not known."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            if entry.is_dir(follow_symlinks=False):
                yield from files_below(Path(entry.path))
            else:
                yield entry.path, entry.stat(follow_symlinks=False).st_blocks * 512


def findings(uses: Uses, results: Path = RESULTS) -> list[Found]:
    """Judge every file in ``results``.

    Raises
    ------
    UserError
        If the folder is a link.
    """
    if results.is_symlink():
        raise UserError(
            f"{results} is a link, which is not followed. Run in the folder that it points to."
        )
    if not results.is_dir():
        return []
    return [
        Found(path, path, size, is_known=False) if os.path.islink(path) else uses.judge(path, size)
        for path, size in files_below(results)
    ]


def remove(found: Iterable[Found]) -> None:
    """Remove files, and folders that are empty then."""
    gone = [each.path for each in found]
    for path in gone:
        os.unlink(path)
    for folder in sorted({parent for path in gone for parent in Path(path).parents}, reverse=True):
        if folder.parts[:1] == RESULTS.parts and folder != RESULTS and not any(folder.iterdir()):
            folder.rmdir()


def listing(found: Sequence[Found]) -> Iterator[str]:
    """Yield the lines that say what is not used and what is not known."""
    for reason in (UNUSED, FORMER):
        yield from _section(reason, [each for each in found if each.reason == reason])
    unknown = [each for each in found if not each.is_known]
    yield from _section("unknown to Mishear, and kept", unknown)


def _section(title: str, found: Sequence[Found]) -> Iterator[str]:
    if not found:
        return
    yield f"{title[0].upper()}{title[1:]}:"
    of_group = attrgetter("group")
    for group, files in groupby(sorted(found, key=of_group), key=of_group):
        yield f"  {_size(sum(each.size for each in files)):>9}  {group}"


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def notice_of_former(results: Path, state: Path) -> str:
    """Say once that there are results of a former version; nothing where there are none.

    Parameters
    ----------
    results
        The folder, from the working directory.
    state
        Folder in which is kept that it was said.
    """
    said = state / "former_results"
    indices = map(str, results.glob("corpora/*/index.csv"))
    if said.exists() or not any(place_on_disk(path) is None for path in indices):
        return ""
    said.parent.mkdir(parents=True, exist_ok=True)
    said.touch()
    return (
        "There are results of an earlier version of Mishear, whose paths have no digests. This "
        "version does not use them. 'make prune' lists and removes them (docs/results.md)."
    )


def prune(configs: Sequence[str], is_applied: bool, read: Callable[[str], Config]) -> Iterator[str]:
    """List what no config uses, and remove it if that is asked for.

    Parameters
    ----------
    configs
        Their files, those of one study joined by ``+``.
    is_applied
        Whether it is removed.
    read
        Returns a config with the types that classes declare for its params, as a run has it.

    Raises
    ------
    UserError
        If a config is wrong, or a run is at work in the folder.
    """
    if not configs:
        raise UserError(
            "name the configs whose results are kept, and join the files of one study with '+': "
            'make prune CONFIGS="config/config.yaml config/own.yaml+mine.yaml"'
        )
    with alone(STATE):
        uses = uses_of(configs, FileHashes(STATE / "mishear" / HASHES), read)
        found = findings(uses)
        unused = [each for each in found if each.reason]
        yield from listing(found)
        size, kept = (_size(sum(each.size for each in part)) for part in (unused, found))
        studies = ", ".join(sorted(uses.studies))
        yield f"Kept: the results of {', '.join(configs)} (studies: {studies})."
        yield f"{size} of {kept} in results are not used by them."
        yield from _studies_left_out(unused, uses)
        if is_applied:
            remove(unused)
            yield "These were removed."
        elif unused:
            yield "Nothing was removed. To remove them, add --apply (with make prune: APPLY=1)."


def _studies_left_out(unused: Iterable[Found], uses: Uses) -> Iterator[str]:
    """Name the studies that have a report but are not kept: a config may have been forgotten."""
    reports = filter(None, (_REPORT.match(each.path) for each in unused))
    if names := sorted({report[1] for report in reports} - uses.studies):
        yield (
            f"Not kept, because no config of theirs is named: {', '.join(names)}. To keep a study, "
            f"add its files, joined with '+' if there are several."
        )
