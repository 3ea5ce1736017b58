"""Changed keys of the config: the jobs that Snakemake would run again are those that must.

What must run follows from the graph of the jobs, see :func:`tests.soak.planning.predicted`; what
would run is what Snakemake says of a folder in which the study was finished before. The studies
are finished by jobs that write nothing of use, so that every key of the schema is looked at in
minutes.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from tests.projects import Project, new_project
from tests.soak.everything import STUDIES, write_files
from tests.soak.guarding import ACCEPTED, REFUSED, WRONG, Outcome
from tests.soak.keys import Place, changes, places
from tests.soak.planning import Key, Plan, planned, predicted, read_code

ONLY = {
    "Attack.targets": "attacks.pgd",
    "Attack.universal": "attacks.fgsm.universal of every rule",
    "Defence.certificate": "defences.smoothing",
    "FolderCorpus.classes": "of archives",
    "Network.class": "networks.paper-cnn",
    "Network.params": "networks.scored",
    "Poison.amplitude": "recipes.backdoor",
    "Poison.class": "recipes.flipped",
    "Poison.params": "recipes.backdoor",
    "Poison.sources": "recipes.flipped",
    "Split.folds": "of variety",
    "Study.front_ends": "of archives",
    **{
        f"Requirement.{key}": f"require.0.{key} of variety"
        for key in ("attack", "corpus", "front_end", "network", "recipe", "defence", "evaluation")
    },
}
"""Keys that can be changed in some places only."""

UNPACKED_ANEW = {
    f"{name}Corpus.{key}"
    for name in ("Fsdd", "AudioMnist", "Folder")
    for key in ("source", "pattern", "classes")
}
"""Keys that make another corpus of the same archive. What a corpus consists of is in one folder, so
the archive is unpacked once more."""

MOST_TRIES = 5
"""Values of a key that the checks may refuse until it counts as one that cannot be changed."""

SCRIPT = """
from pathlib import Path

for path in map(Path, snakemake.output):
    if path.name.endswith("_from.sha256"):
        # Each run compares it with what is there.
        path.write_text(snakemake.params.content or "made")
    elif path.suffix:
        path.write_text("made")
    else:
        path.mkdir()
"""
"""Takes the place of every script."""


def finished(folder: Path, study: dict[str, Any]) -> Project:
    """Return a project in which a study is finished, by jobs that compute nothing."""
    project = new_project(folder, study)
    write_files(folder)
    for script in (folder / "workflow" / "scripts").glob("*.py"):
        script.write_text(SCRIPT)
    project.run("--quiet", cores=4, cold=True)
    return project


def keys(seed: int) -> list[tuple[str, Place]]:
    """Return a place of each key of the schema, with the study that has it, in an order drawn."""
    draw, found = random.Random(f"keys {seed}"), {}
    for name, study in STUDIES.items():
        for place in sorted(places(study), key=str):
            if ONLY.get(place.name, "") not in f"{place} of {name}":
                continue
            found.setdefault(place.name, []).append((name, place))
    chosen = []
    for several in found.values():
        draw.shuffle(several)
        chosen += islice((each for each in several if _can_change(*each)), 1)
    draw.shuffle(chosen)
    # One study after the other, as each has to be finished first.
    return sorted(chosen, key=lambda each: list(STUDIES).index(each[0]))


def _can_change(name: str, place: Place) -> bool:
    return next(changes(STUDIES[name], place), None) is not None


def changed_keys(folder: Path, seed: int, first: int, count: int, end: float) -> Iterator[Outcome]:
    """Change one key after the other, each in the same finished results."""
    projects: dict[str, tuple[Project, Plan]] = {}
    for number, (name, place) in enumerate(keys(seed)):
        if not first <= number < first + count or time.monotonic() > end:
            continue
        begin = time.monotonic()
        if name not in projects:
            project = finished(folder / name.replace(" ", "-"), STUDIES[name])
            read_code(project)
            projects[name] = project, planned(project)
        verdict, said = _compared(*projects[name], name, place)
        yield Outcome("keys", number, verdict, said, time.monotonic() - begin)


def _compared(project: Project, before: Plan, name: str, place: Place) -> tuple[str, str]:
    """Compare what must run with what would run, for the first value that the checks let pass."""
    where = f"{place} of {name}"
    if before.refusal or before.reruns:
        return WRONG, f"{where}: the finished study is not finished: {before}"
    refusal = "no other value"
    for study in islice(changes(STUDIES[name], place), MOST_TRIES):
        project.config = study
        after = planned(project)
        if after.jobs:
            must, would = predicted(before, after), after.reruns
            if place.name in UNPACKED_ANEW:
                must |= {key for key in would if key[0] == "unpack"}
            if must != would:
                wrong = f"not run: {counted(must - would)}; needless: {counted(would - must)}"
                return WRONG, f"{where}: {wrong}"
            return ACCEPTED, f"{where}: {len(would)} of {len(after.jobs)} jobs: {counted(would)}"
        refusal = after.refusal
    return REFUSED, f"{where}: {refusal}"


def counted(jobs: set[Key]) -> str:
    """Name the rules of jobs, with their numbers."""
    counts = Counter(key[0] for key in jobs)
    return ", ".join(f"{count} × {rule}" for rule, count in sorted(counts.items())) or "none"
