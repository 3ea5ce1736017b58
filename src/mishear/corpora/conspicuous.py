"""Recordings that can be used, but perhaps should not be: counted by what is odd about them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SILENT_PEAK = 0.001
"""Peak below which a recording is almost silent: 60 dB below full scale."""

CANCELLED_DB = 10.0
"""Loss of power by mixing from which channels count as cancelling. Independent ones lose 3 dB."""

SHOWN = 3
"""Recordings that are named of each kind."""


@dataclass(frozen=True)
class Conspicuous:
    """Recordings of a corpus that have something in common.

    Attributes
    ----------
    text : str
        What, as ``are clipped: they have samples at full scale``.
    count : int
    n : int
        Recordings of the corpus.
    first : sequence of str
        A few of them.
    """

    text: str
    count: int
    n: int
    first: Sequence[str]


def conspicuous(
    rows: Sequence[Mapping[str, Any]], lengths: Mapping[str, float] | None = None
) -> list[Conspicuous]:
    """Count conspicuous recordings.

    Parameters
    ----------
    rows
        Rows of :data:`mishear.core.tables.corpora.INDEX`.
    lengths
        Seconds that each front end keeps; unset: speech beyond them is not counted.

    Returns
    -------
    list of Conspicuous
        Only what there is.
    """
    found = []
    for text, members in _kinds(rows, lengths or {}):
        if members:
            first = [row["recording"] for row in members[:SHOWN]]
            found.append(Conspicuous(text, len(members), len(rows), first))
    return found


def _kinds(
    rows: Sequence[Mapping[str, Any]], lengths: Mapping[str, float]
) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    yield "clipped, with samples at full scale", [row for row in rows if row["clipped"]]
    yield (
        "almost silent, with a peak 60 dB or more below full scale",
        [row for row in rows if row["peak"] < SILENT_PEAK],
    )
    yield (
        "channels that cancel: mixed to one, they lose 10 dB or more",
        [row for row in rows if row["cancelled_db"] >= CANCELLED_DB],
    )
    for front_end, seconds in lengths.items():
        yield (
            f"speech beyond the {seconds:g} s that front end {front_end} keeps, which is cut off",
            [row for row in rows if row["speech_end"] > seconds],
        )
