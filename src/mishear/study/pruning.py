"""Find and remove the results that no config of a list uses.

``python -m mishear.study.pruning CONFIG ...`` lists them, and removes them with ``--apply``. What
is not known is kept and listed, and links are not followed.
"""

import argparse
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import yaml

from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.runtime.contents import described_by
from mishear.runtime.file_hashes import FileHashes
from mishear.runtime.locks import alone
from mishear.study import paths
from mishear.study.own_files import missing_files
from mishear.study.places import is_written, place_of, place_on_disk
from mishear.study.plan import Plan
from mishear.study.used import Used, used

RESULTS = Path("results")
STATE = Path(".snakemake")
BASE = "config/config.yaml"
"""The config that the Snakefile names, which every other one changes."""

LIBRARIES = (f"{paths.LIBRARY_PACKAGES}/", paths.LIBRARY_LISTING)
_REPORT = re.compile(
    r"results/reports/([^/]+)"
    r"(?=/(.+\.(csv|html|svg|json|tex|bib)|methods\.md|gate\.txt)$)"
)
"""A study's report, where what follows is a file of it."""

UNUSED = "used by none of the configs"
FORMER = "of a former version of Mishear, whose paths had no digests"


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


def read_config(files: Sequence[str], base: str = BASE) -> dict[str, Any]:
    """Read a config as Snakemake does: mappings unite, and later values replace earlier ones.

    Parameters
    ----------
    files
        As after ``--configfile``.
    base
        The file that comes first, where there is one.

    Raises
    ------
    UserError
        If a file cannot be read.
    """
    found: dict[str, Any] = {}
    first = [base] if Path(base).exists() else []
    for file in [*first, *(each for each in files if each != base or not first)]:
        try:
            content = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
            raise UserError(f"{file} cannot be read as a config: {error}") from error
        _update(found, content or {})
    return found


def _update(found: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for key, value in changes.items():
        if isinstance(value, Mapping) and isinstance(found.get(key), dict):
            _update(found[key], value)
        else:
            found[key] = value


def uses_of(configs: Iterable[str], hashes: FileHashes) -> Uses:
    """Return what some configs use.

    Raises
    ------
    UserError
        If a config is wrong, or names a file that is not there: its results would be taken for
        those of another.
    """
    found = Uses()
    for files in configs:
        plan = Plan(load(read_config(files.split("+"))), hashes)
        if absent := missing_files(plan):
            raise UserError(
                f"{files}: {absent[0]} is not there, so that what is made of it is not known. "
                f"Bring it back, or leave the config out."
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
        raise UserError(f"{results} is a link, and links are not followed. Run where it points to.")
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
    yield from _section("not known to Mishear, and kept", unknown)


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
        "There are results of a former version of Mishear, whose paths have no digests. This one "
        "does not use them. 'make prune' lists and removes them (docs/results.md)."
    )


def prune(configs: Sequence[str], is_applied: bool) -> Iterator[str]:
    """List what no config uses, and remove it if that is asked for.

    Raises
    ------
    UserError
        If a config is wrong, or a run is at work in the folder.
    """
    if not configs:
        raise UserError('name the configs whose results are kept: make prune CONFIGS="a.yaml ..."')
    with alone(STATE):
        found = findings(uses_of(configs, FileHashes(STATE / "mishear" / "hashes.json")))
        unused = [each for each in found if each.reason]
        yield from listing(found)
        size, kept = (_size(sum(each.size for each in part)) for part in (unused, found))
        yield f"{size} of {kept} in results are used by none of: {', '.join(configs)}."
        if is_applied:
            remove(unused)
            yield "They are removed."
        elif unused:
            yield "Nothing is removed. To remove them: make prune ... APPLY=1"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Remove the results that no config uses.")
    parser.add_argument("configs", nargs="*", help="a.yaml, or a.yaml+b.yaml for one of both")
    parser.add_argument("--apply", action="store_true", help="remove them; else list them")
    arguments = parser.parse_args()
    logging.basicConfig(format="%(message)s")
    try:
        for line in prune(arguments.configs, arguments.apply):
            print(line)
    except UserError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
