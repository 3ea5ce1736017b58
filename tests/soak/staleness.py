"""Changed keys of the config: what a rerun leaves on disk is what a run from nothing makes.

For each key of the config the study is changed in a copy of finished results and run again. The
same config is run in an empty folder. Files that differ between the two are stale. No list of
expected reruns is needed: the run from nothing is the truth.
"""

import copy
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.projects import TINY, Project, new_project
from tests.soak.guarding import ACCEPTED, DIED, REFUSED, WRONG, Outcome
from tests.soak.kills import differences, tables

STUDY = copy.deepcopy(TINY)
STUDY["study"] |= {"corruptions": ["white-noise"], "defences": ["none", "median"]}
STUDY["defences"] = {"median": {"class": "MedianSmoothing", "params": {"size": 3}}}
STUDY["corruptions"] = {"white-noise": {"class": "WhiteNoise", "levels": [40, 30, 20, 10, 0]}}
STUDY["checks"] = {"recordings": 10, "queries": 20}
STUDY["split"] = {"by": "random", "seed": 0, "test": 0.2, "validation": 0.1}
STUDY["transfer"] = {"attacks": ["fgsm"]}


def changed(value: Any) -> Any:
    """Return another value of the same kind, or None where there is none."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value * 0.75
    if isinstance(value, list) and len(value) > 1:
        return value[:-1]
    if isinstance(value, list) and value and isinstance(value[0], int | float):
        return [changed(value[0])]
    return None


def keys(config: dict, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the path of every value that can be changed."""
    found = []
    for key, value in config.items():
        place = (*above, key)
        found += keys(value, place) if isinstance(value, dict) else [place]
    return [place for place in found if changed(_value(config, place[len(above) :])) is not None]


def _value(config: dict, place: tuple[str, ...]) -> Any:
    for key in place:
        config = config[key]
    return config


def with_change(config: dict, place: tuple[str, ...]) -> dict:
    """Return the config with the value at this place changed."""
    config = copy.deepcopy(config)
    owner = _value(config, place[:-1])
    owner[place[-1]] = changed(owner[place[-1]])
    return config


def changes(folder: Path, seed: int, first: int, count: int, end: float) -> Iterator[Outcome]:
    """Change ``count`` keys, each in a copy of the same finished results."""
    finished = new_project(folder / "finished", STUDY)
    finished.run()
    places = keys(STUDY)
    random.Random(f"keys {seed}").shuffle(places)
    for number, place in enumerate(places[first : first + count], first):
        begin = time.monotonic()
        verdict, said = _compare(finished, folder, with_change(STUDY, place))
        yield Outcome(
            "keys", number, verdict, f"{'.'.join(place)}: {said}", time.monotonic() - begin
        )


def _compare(finished: Project, folder: Path, config: dict) -> tuple[str, str]:
    again = finished.copy(folder / "again")
    fresh = new_project(folder / "fresh", config)
    again.config = config
    try:
        reran, made = again.snakemake(), fresh.snakemake()
        if made.returncode:
            same = reran.returncode != 0
            return (REFUSED if same else WRONG), made.stdout[-1500:]
        if reran.returncode:
            return DIED, reran.stdout[-1500:]
        if stale := differences(tables(again), tables(fresh)):
            return WRONG, f"stale: {stale}"
        return ACCEPTED, f"{reran.stdout.count('Finished jobid')} jobs ran again"
    finally:
        shutil.rmtree(again.folder)
        shutil.rmtree(fresh.folder)
