"""The index: the usable recordings of a corpus, and the reasons why others are rejected."""

import csv
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from mishear.core.errors import UserError
from mishear.core.files import atomic_path
from mishear.corpora.decoding import Unusable, decode
from mishear.corpora.listing import SUFFIXES, list_recordings
from mishear.corpora.sources import Expectation

_INDEX_COLUMNS = (
    "recording",
    "label",
    "speaker",
    "sample_rate",
    "channels",
    "samples",
    "seconds",
)
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
    sample_rate
        Sample rate in Hz.
    channels
        Number of channels.
    samples
        Length in samples of one channel.
    """

    recording: str
    label: str
    speaker: str
    sample_rate: int
    channels: int
    samples: int

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
        the class, its optional group ``speaker`` the speaker.
    classes
        Labels to keep; None: all.
    expectation
        Sample rate, channels and bits that every recording must have; None: any.

    Returns
    -------
    rows : list of Recording
        Usable recordings, sorted by path.
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
            label, speaker = _label_and_speaker(recording, expression, classes)
            sample_rate, channels, samples = decode(path, expectation)
        except Unusable as reason:
            rejected.append(Rejected(_printable(recording), str(reason)))
        else:
            rows.append(Recording(recording, label, speaker, sample_rate, channels, samples))
    if not rows and not rejected:
        raise UserError(
            f"There are no recordings ({', '.join(SUFFIXES)}) in {root}. "
            "Name the folder that holds them, or one above it."
        )
    return rows, rejected


def write_index(rows: Iterable[Recording], path: str | Path) -> None:
    """Write ``index.csv``: recording, label, speaker, sample_rate, channels, samples, seconds."""
    _write_table(
        path,
        _INDEX_COLUMNS,
        ((*asdict(row).values(), f"{row.seconds:.6f}") for row in rows),
    )


def write_rejected(rejected: Iterable[Rejected], path: str | Path) -> None:
    """Write ``rejected.csv``: recording, reason."""
    columns = [field.name for field in fields(Rejected)]
    _write_table(path, columns, (asdict(row).values() for row in rejected))


def read_rejected(path: str | Path) -> list[Rejected]:
    """Read what `write_rejected` wrote.

    Raises
    ------
    UserError
        If the file is missing or lacks a column.
    """
    columns = [field.name for field in fields(Rejected)]
    return [Rejected(*map(values.get, columns)) for _, values in _read_table(path, columns)]


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
        If the file is missing, lacks a column, or holds a value that is no number.
    """
    return [_row(values, place) for place, values in _read_table(path, _INDEX_COLUMNS)]


def _compiled(pattern: str) -> re.Pattern:
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise UserError(f"pattern {pattern!r} is no regular expression: {error}.") from error
    if "label" not in expression.groupindex:
        raise UserError(
            f"pattern {pattern!r} has no group named label. "
            "Mark the class in it, such as (?P<label>[0-9])."
        )
    return expression


def _label_and_speaker(
    recording: str, expression: re.Pattern, classes: Sequence[str] | None
) -> tuple[str, str]:
    if recording != _printable(recording):
        raise Unusable("name: not valid UTF-8, or with control characters")
    match = expression.search(recording)
    if match is None or not match["label"]:
        raise Unusable("name: does not match the pattern")
    if classes is not None and match["label"] not in classes:
        raise Unusable(f"label: {match['label']!r} is not one of the classes")
    return match["label"], match.groupdict().get("speaker") or ""


def _printable(recording: str) -> str:
    """Replace bytes that would break a table, such as line ends, by escapes with backslashes."""
    text = os.fsencode(recording).decode("utf-8", errors="backslashreplace")
    return _CONTROL_CHARACTER.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def _write_table(path: str | Path, columns: Iterable[str], rows: Iterable[Iterable]) -> None:
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _read_table(path: str | Path, columns: Iterable[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row with its place, for messages."""
    try:
        with Path(path).open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = set(columns) - set(reader.fieldnames or ())
            if missing:
                raise UserError(
                    f"{path} lacks the columns {', '.join(sorted(missing))}. "
                    "Delete it to have it made again."
                )
            for values in reader:
                yield f"{path}, line {reader.line_num}", values
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror}.") from error


def _row(values: dict[str, str], place: str) -> Recording:
    try:
        return Recording(
            recording=values["recording"],
            label=values["label"],
            speaker=values["speaker"],
            sample_rate=int(values["sample_rate"]),
            channels=int(values["channels"]),
            samples=int(values["samples"]),
        )
    except (TypeError, ValueError) as error:
        raise UserError(f"{place}: {error}. Delete the file to have it made again.") from error
