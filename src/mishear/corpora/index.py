"""The index: the usable recordings of a corpus, and the reasons why others are rejected."""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from mishear.core.errors import UserError
from mishear.core.tables.corpora import INDEX, REJECTED
from mishear.corpora.decoding import Unusable, decode
from mishear.corpora.listing import SUFFIXES, list_recordings
from mishear.corpora.sources import Expectation

_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Recording:
    """A usable recording: a row of ``index.csv``.

    Attributes
    ----------
    recording
        Path relative to the corpus's folder, with ``/``: the recording's name everywhere.
    label
        The class, as text.
    speaker
        The speaker; empty where the pattern has no such group.
    take
        Which of the speaker's recordings of the class it is; empty where the pattern has no such
        group.
    sample_rate
        Sample rate in Hz.
    channels
        Number of channels.
    samples
        Length in samples of one channel.
    content
        Hash of the decoded audio, see :class:`~mishear.corpora.decoding.Audio`.
    clipped
        Number of samples at or beyond full scale.
    peak, cancelled_db, speech_end
        See :class:`~mishear.corpora.decoding.Audio`.
    """

    recording: str
    label: str
    speaker: str
    take: str
    sample_rate: int
    channels: int
    samples: int
    content: str
    clipped: int
    peak: float
    cancelled_db: float
    speech_end: float

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.samples / self.sample_rate


@dataclass(frozen=True)
class Rejected:
    """A file that cannot be used: a row of ``rejected.csv``.

    Attributes
    ----------
    recording
        Path relative to the corpus's folder.
    reason
        ``kind: detail``, such as ``empty: 0 samples``.
    """

    recording: str
    reason: str


def index_recordings(
    root: str | Path,
    pattern: str,
    classes: Sequence[str] | None = None,
    expectation: Expectation | None = None,
) -> tuple[list[Recording], list[Rejected]]:
    """Decode every recording below a folder and separate usable from unusable ones.

    Parameters
    ----------
    root
        The corpus's folder.
    pattern
        Regular expression searched in each path relative to ``root``; its group ``label`` is
        the class, its optional groups ``speaker`` and ``take`` the speaker and the take.
    classes
        Labels to keep; None: all.
    expectation
        Sample rate, channels and bits that every recording must have; None: any.

    Returns
    -------
    rows : list of Recording
        Usable recordings, sorted by label, then content; copies by path. Their order decides the
        split and the batches, so no file or folder name may.
    rejected : list of Rejected
        The others, sorted by path.

    Raises
    ------
    UserError
        If the pattern is invalid, or there are no recordings below ``root``.
    """
    expression = _compiled(pattern)
    rows, rejected = [], []
    for recording, path in list_recordings(root):
        try:
            named = _named(recording, expression, classes)
            audio = decode(path, expectation)
        except Unusable as reason:
            rejected.append(Rejected(_printable(recording), str(reason)))
        else:
            rows.append(Recording(recording, *named, **asdict(audio)))
    if not rows and not rejected:
        raise UserError(
            f"There are no recordings ({', '.join(SUFFIXES)}) in {root}. "
            "Name the folder that holds them, or one above it."
        )
    rows.sort(key=lambda row: (row.label, row.content, row.recording))
    return rows, rejected


def copies(rows: Iterable[Recording]) -> int:
    """Count the recordings that are the same audio as one before them."""
    contents = [row.content for row in rows]
    return len(contents) - len(set(contents))


def write_index(rows: Iterable[Recording], path: str | Path) -> None:
    """Write ``index.csv``, see :data:`mishear.core.tables.corpora.INDEX`."""
    INDEX.write(({**asdict(row), "seconds": row.seconds} for row in rows), path)


def write_rejected(rejected: Iterable[Rejected], path: str | Path) -> None:
    """Write ``rejected.csv``: recording, reason."""
    REJECTED.write(map(asdict, rejected), path)


def read_rejected(path: str | Path) -> list[Rejected]:
    """Read what `write_rejected` wrote.

    Raises
    ------
    UserError
        If the file is missing or lacks a column.
    """
    return [Rejected(**row) for row in REJECTED.read(path)]


def read_index(path: str | Path) -> list[Recording]:
    """Read what `write_index` wrote.

    Parameters
    ----------
    path
        The ``index.csv``.

    Returns
    -------
    list of Recording
        Its rows, in their order.

    Raises
    ------
    UserError
        If the file is missing, lacks a column, or holds a value that is not a number.
    """
    columns = [field.name for field in fields(Recording)]
    return [Recording(**{name: row[name] for name in columns}) for row in INDEX.read(path)]


def _compiled(pattern: str) -> re.Pattern:
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise UserError(f"pattern {pattern!r} is not a regular expression: {error}.") from error
    if "label" not in expression.groupindex:
        raise UserError(
            f"pattern {pattern!r} has no group named label. "
            "Mark the class in it, such as (?P<label>[0-9])."
        )
    return expression


def _named(
    recording: str, expression: re.Pattern, classes: Sequence[str] | None
) -> tuple[str, str, str]:
    """Return label, speaker and take of a recording, from its path."""
    if recording != _printable(recording):
        raise Unusable("name: not valid UTF-8, or with control characters")
    match = expression.search(recording)
    if match is None or not match["label"]:
        raise Unusable("name: does not match the pattern")
    if classes is not None and match["label"] not in classes:
        raise Unusable(f"label: {match['label']!r} is not one of the classes")
    groups = match.groupdict()
    return match["label"], groups.get("speaker") or "", groups.get("take") or ""


def _printable(recording: str) -> str:
    """Replace bytes that would break a table, such as line ends, by escapes with backslashes."""
    text = os.fsencode(recording).decode("utf-8", errors="backslashreplace")
    return _CONTROL_CHARACTER.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
