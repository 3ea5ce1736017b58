"""The index: which recordings of a corpus can be used, and why the others cannot."""

import csv
import hashlib
import os
import re
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, TYPE_CHECKING

from mishear.core.errors import UserError
from mishear.core.files import atomic_path
from mishear.corpora.sources import Expectation

if TYPE_CHECKING:
    import numpy as np
    import soundfile

SUFFIXES = (".wav", ".flac", ".ogg")

_INDEX_COLUMNS = (
    "recording",
    "label",
    "speaker",
    "sample_rate",
    "channels",
    "samples",
    "seconds",
)
_SHOWN = 3
# Programs that write wav to a pipe cannot know the length; they put a number near 2 or 4 GiB.
_UNKNOWN_WAV_BYTES = 0x7FFF_0000
_LAST_OGG_PAGE_BYTES = 1 << 16
_OGG_END_OF_STREAM = 4
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


class _Unusable(Exception):
    """The reason why a file is rejected."""


def index_recordings(
    root: str | Path,
    pattern: str,
    classes: Sequence[str] | None = None,
    expectation: Expectation | None = None,
) -> tuple[list[Recording], list[Rejected]]:
    """Decode every recording below a folder once, and tell the usable from the others.

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
            sample_rate, channels, samples = _decode(path, expectation)
        except _Unusable as reason:
            rejected.append(Rejected(_printable(recording), str(reason)))
        else:
            rows.append(Recording(recording, label, speaker, sample_rate, channels, samples))
    if not rows and not rejected:
        raise UserError(
            f"There are no recordings ({', '.join(SUFFIXES)}) in {root}. "
            "Name the folder that holds them, or one above it."
        )
    return rows, rejected


def check_index(
    rows: Sequence[Recording],
    rejected: Sequence[Rejected],
    classes: Sequence[str] | None = None,
    max_rejected_share: float = 0.05,
    expectation: Expectation | None = None,
    rejected_path: str | Path = "rejected.csv",
) -> None:
    """Check that what is usable is enough to work with.

    Parameters
    ----------
    rows, rejected
        From `index_recordings`.
    classes
        Labels that must all be there; None: those that were found.
    max_rejected_share
        Largest share of rejected recordings, 0 to 1.
    expectation
        What the complete corpus contains; None: anything.
    rejected_path
        Where the rejected recordings were written, for the messages.

    Raises
    ------
    UserError
        If too many recordings were rejected, a class has none, or the content is not the
        expected one.
    """
    share = len(rejected) / max(1, len(rows) + len(rejected))
    if share > max_rejected_share or not rows:
        raise UserError(_rejected_message(rows, rejected, max_rejected_share, rejected_path))
    _check_classes(rows, classes or (), rejected_path)
    if expectation is not None:
        _check_expectation(rows, rejected, expectation)


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


def write_listing_digest(directory: Path, path: Path) -> None:
    """Write the hash of :func:`listing_digest` to a file."""
    with atomic_path(path) as temporary:
        temporary.write_text(listing_digest(directory) + "\n")


def listing_digest(directory: str | Path) -> str:
    """Hash names and sizes of all recordings in a folder, to notice that it has changed.

    Modification times do not count, so a copy or a checkout is the same folder. A file that is
    overwritten by one of the same size is not noticed.

    Parameters
    ----------
    directory
        The folder.

    Returns
    -------
    str
        Twelve hexadecimal digits.

    Raises
    ------
    UserError
        If there is no such folder.
    """
    digest = hashlib.sha256()
    for recording, path in list_recordings(directory):
        size = os.stat(path).st_size if os.path.exists(path) else -1
        digest.update(os.fsencode(recording) + b"\0" + str(size).encode() + b"\0")
    return digest.hexdigest()[:12]


def list_recordings(root: str | Path) -> list[tuple[str, str]]:
    """List the audio files below a folder, whether usable or not.

    Hidden files and folders, and the copies of file attributes that macOS puts into archives
    (``__MACOSX``, ``._*``), are passed over. Links are followed, each folder is visited once.

    Parameters
    ----------
    root
        The folder.

    Returns
    -------
    list of (str, str)
        Path relative to ``root`` with ``/``, and path to open; sorted.

    Raises
    ------
    UserError
        If there is no such folder.
    """
    if not os.path.isdir(root):
        raise UserError(f"There is no folder {root}. Correct its path in the config.")
    return sorted(
        (os.path.relpath(path, root).replace(os.sep, "/"), path) for path in _audio_files(root)
    )


def _audio_files(root: str | Path) -> Iterator[str]:
    # Linked folders come last, so that a folder reached both ways goes by its own name.
    pending, linked, visited = [os.fspath(root)], [], set()
    while pending or linked:
        directory = pending.pop() if pending else linked.pop(0)
        status = os.stat(directory)
        if (status.st_dev, status.st_ino) in visited:
            continue
        visited.add((status.st_dev, status.st_ino))
        for entry in _sorted_entries(directory):
            if _is_directory(entry):
                (linked if entry.is_symlink() else pending).append(entry.path)
            elif _is_audio_file(entry):
                yield entry.path


def _sorted_entries(directory: str) -> list[os.DirEntry]:
    try:
        with os.scandir(directory) as entries:
            visible = [e for e in entries if not e.name.startswith((".", "__MACOSX"))]
    except OSError as error:
        raise UserError(f"Cannot read the folder {directory}: {error.strerror}.") from error
    return sorted(visible, key=lambda entry: entry.name)


def _is_directory(entry: os.DirEntry) -> bool:
    # Of a link to itself, os.path.isdir says no, where entry.is_dir raises.
    return os.path.isdir(entry.path) if entry.is_symlink() else entry.is_dir()


def _is_audio_file(entry: os.DirEntry) -> bool:
    if not entry.name.lower().endswith(SUFFIXES):
        return False
    if entry.is_symlink():
        # A link to nothing counts, to be rejected with a reason; a pipe or socket does not.
        return os.path.isfile(entry.path) or not os.path.exists(entry.path)
    return entry.is_file()


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
        raise _Unusable("name: not valid UTF-8, or with control characters")
    match = expression.search(recording)
    if match is None or not match["label"]:
        raise _Unusable("name: does not match the pattern")
    if classes is not None and match["label"] not in classes:
        raise _Unusable(f"label: {match['label']!r} is not one of the classes")
    return match["label"], match.groupdict().get("speaker") or ""


def _printable(recording: str) -> str:
    """The name with backslashes for what would break a table: stray bytes, line ends."""
    text = os.fsencode(recording).decode("utf-8", errors="backslashreplace")
    return _CONTROL_CHARACTER.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def _decode(path: str, expectation: Expectation | None) -> tuple[int, int, int]:
    """Sample rate in Hz, channels and samples of a file that decodes from end to end."""
    import soundfile

    try:
        with open(path, "rb") as file:
            _check_container(file)
            file.seek(0)
            with soundfile.SoundFile(file) as opened:
                _check_format(opened, expectation)
                promised = opened.frames
                waveform = opened.read(dtype="float32")
                sample_rate, channels = opened.samplerate, opened.channels
    except OSError as error:
        raise _Unusable(f"unreadable: {error.strerror or error}") from None
    except soundfile.LibsndfileError as error:
        raise _Unusable(f"undecodable: {error.error_string}") from None
    if len(waveform) < promised:
        raise _Unusable(f"truncated: {len(waveform)} of {promised} samples are there")
    _check_waveform(waveform)
    return sample_rate, channels, len(waveform)


def _check_container(file: IO[bytes]) -> None:
    """Find what the decoder passes over: it reads a cut file as a shorter one."""
    head = file.read(12)
    if not head:
        raise _Unusable("empty: 0 bytes")
    if head[:4] == b"RIFF" and head[8:] == b"WAVE":
        _check_wav_length(file)
    elif head[:4] == b"OggS":
        _check_ogg_end(file)


def _check_wav_length(file: IO[bytes]) -> None:
    size = os.fstat(file.fileno()).st_size
    while len(chunk := file.read(8)) == 8:
        name, promised = struct.unpack("<4sI", chunk)
        present = size - file.tell()
        if name == b"data":
            if present < promised < _UNKNOWN_WAV_BYTES:
                raise _Unusable(f"truncated: {present} of {promised} bytes of samples are there")
            return
        file.seek(promised + promised % 2, os.SEEK_CUR)
    raise _Unusable("truncated: there are no samples")


def _check_ogg_end(file: IO[bytes]) -> None:
    size = os.fstat(file.fileno()).st_size
    file.seek(max(0, size - _LAST_OGG_PAGE_BYTES))
    tail = file.read()
    page = tail[tail.rfind(b"OggS") :]
    # A page: 27 bytes of header with flags at 5 and the number of segments at 26, their
    # lengths, then the segments.
    complete = len(page) > 26 and len(page) >= 27 + page[26] + sum(page[27 : 27 + page[26]])
    if not complete or not page[5] & _OGG_END_OF_STREAM:
        raise _Unusable("truncated: the Ogg stream has no end")


def _check_format(opened: "soundfile.SoundFile", expectation: Expectation | None) -> None:
    if expectation is None:
        return
    expected = (expectation.sample_rate, expectation.channels, f"PCM_{expectation.bits}")
    found = (opened.samplerate, opened.channels, opened.subtype)
    if found != expected:
        raise _Unusable(f"format: {_format_text(*found)} instead of {_format_text(*expected)}")


def _format_text(sample_rate: int, channels: int, subtype: str) -> str:
    return f"{sample_rate} Hz, {channels} channel(s), {subtype}"


def _check_waveform(waveform: "np.ndarray") -> None:
    import numpy as np

    if waveform.size == 0:
        raise _Unusable("empty: 0 samples")
    lowest, highest = waveform.min(), waveform.max()
    if not np.isfinite([lowest, highest]).all():
        raise _Unusable("not finite: NaN or infinite samples")
    if lowest == highest:
        raise _Unusable(f"constant: all samples are {lowest:g}")


def _rejected_message(
    rows: Sequence[Recording],
    rejected: Sequence[Rejected],
    max_rejected_share: float,
    rejected_path: str | Path,
) -> str:
    kinds = Counter(row.reason.partition(":")[0] for row in rejected)
    lines = []
    for kind, count in kinds.most_common(_SHOWN):
        example = next(row for row in rejected if row.reason.partition(":")[0] == kind)
        lines.append(f"\n  - {count} x {example.reason} ({example.recording})")
    return (
        f"{len(rejected)} of {len(rows) + len(rejected)} recordings cannot be used, more than "
        f"the allowed share of {max_rejected_share:g}. Most frequent reasons:{''.join(lines)}\n"
        f"All of them: {rejected_path}. Mend the files, the pattern or the classes, or raise "
        "max_rejected_share of this corpus in the config."
    )


def _check_classes(
    rows: Iterable[Recording], classes: Iterable[str], rejected_path: str | Path
) -> None:
    found = {row.label for row in rows}
    missing = [label for label in classes if label not in found]
    if missing:
        raise UserError(
            f"There are no usable recordings of the classes {', '.join(missing)}; found: "
            f"{', '.join(sorted(found))}. Correct classes or pattern of this corpus in the "
            f"config, or see {rejected_path}."
        )


def _check_expectation(
    rows: Sequence[Recording], rejected: Sequence[Rejected], expectation: Expectation
) -> None:
    differences = list(_count_differences(rows, expectation))
    if not differences:
        return
    shown = differences[:_SHOWN]
    shown += [f"rejected: {row.recording}: {row.reason}" for row in rejected[:_SHOWN]]
    lines = "".join(f"\n  - {difference}" for difference in shown)
    raise UserError(
        f"This is not the complete corpus: its counts differ in {len(differences)} place(s)."
        f"{lines}\nFetch it again; for a part or a variant of it use `source: folder`."
    )


def _count_differences(rows: Sequence[Recording], expectation: Expectation) -> Iterator[str]:
    speakers = sorted({row.speaker for row in rows})
    if len(speakers) != expectation.speakers:
        yield f"{len(speakers)} speakers instead of {expectation.speakers}"
    counts = Counter((row.speaker, row.label) for row in rows)
    for speaker in speakers:
        for label in sorted({row.label for row in rows}):
            count = counts[speaker, label]
            if count != expectation.recordings:
                yield (
                    f"speaker {speaker}, class {label}: {count} recordings instead of "
                    f"{expectation.recordings}"
                )


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
