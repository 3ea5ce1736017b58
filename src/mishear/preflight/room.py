"""Check before the first job that the disk has room for what the study writes."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mishear.config.corpora import EspeakCorpus
from mishear.core.errors import UserError
from mishear.corpora.listing import list_recordings
from mishear.corpora.sources import SOURCES
from mishear.study.evaluations import victims
from mishear.study.identity import Store
from mishear.study.plan import Plan

_SAMPLE_BYTES = 4
_COPIES = 3
"""Waveforms, shards of features and the gathered features; features take about as much room as
waveforms."""

_SECONDS = 1.0
"""Length of a word, for corpora that are not there yet."""


@dataclass(frozen=True)
class Room:
    """Bytes that a study writes to disk.

    Attributes
    ----------
    least : int
        Waveforms alone.
    about : int
        With features and recordings.
    """

    least: int
    about: int


def check_room(plan: Plan, results: Path) -> str | None:
    """Compare the free room on the disk with an estimate of what the study writes.

    Corpora in archives of the user's count only once they are unpacked.

    Parameters
    ----------
    plan
        The plan.
    results
        Folder of the results; it need not exist yet.

    Returns
    -------
    str or None
        A warning if it may be too little.

    Raises
    ------
    UserError
        If it is certainly too little.
    """
    folder = results if results.exists() else results.absolute().parent
    free = shutil.disk_usage(folder).free
    room = estimate(plan)
    if room.about <= free:
        return None
    there = _features_there(plan, results)
    least, about = room.least - there, room.about - there
    said = (
        f"more, and its disk has {_size(free)} left. Make room, or run on another disk "
        f"(snakemake --directory)."
    )
    where = f"{results.absolute()}: the study writes"
    if least > free:
        raise UserError(f"{where} at least {_size(least)} {said}")
    return f"{where} about {_size(about)} {said}" if about > free else None


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def _features_there(plan: Plan, results: Path) -> int:
    """Return the bytes of features in a folder that are of this config and not of another."""
    store = Store(plan)
    return sum(
        file.stat().st_size
        for file in results.rglob("*.npy")
        if store.has(str(file.relative_to(results.parent))) and file.is_file()
    )


def estimate(plan: Plan) -> Room:
    """Estimate what a study writes to disk, with what is there already."""
    counts = {name: _recordings(plan, name) for name in plan.config.study.corpora}
    waveforms = sum(
        counts[corpus] * _samples(plan, front_end) * _SAMPLE_BYTES
        for corpus, front_end in {(each.corpus, each.front_end) for each in victims(plan.config)}
    )
    return Room(waveforms, _COPIES * waveforms + sum(_unpacked(plan, counts)))


def _samples(plan: Plan, front_end: str) -> int:
    section = plan.config.front_ends[front_end]
    return round(section.seconds * section.sample_rate)


def _recordings(plan: Plan, name: str) -> int:
    """Return how many recordings a corpus has; 0 where that is not known yet."""
    corpus, origin = plan.config.corpora[name], plan.origins[name]
    if origin.kind == "directory" and origin.path is not None:
        return len(list_recordings(origin.path))
    if isinstance(corpus, EspeakCorpus):
        return corpus.speakers * corpus.repetitions * len(SOURCES["espeak"].classes)
    if corpus.source not in SOURCES:
        return 0
    source = SOURCES[corpus.source]
    return source.expectation.speakers * source.expectation.recordings * len(source.classes)


def _unpacked(plan: Plan, counts: dict[str, int]) -> Iterator[int]:
    for name, count in counts.items():
        source = SOURCES.get(plan.config.corpora[name].source)
        if source is not None and plan.origins[name].kind != "directory":
            expected = source.expectation
            second = expected.sample_rate * expected.channels * expected.bits // 8
            yield round(count * _SECONDS * second)
