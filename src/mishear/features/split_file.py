"""A split of the user's own: a CSV file that says what each recording is used for."""

import csv
from collections.abc import Iterator
from pathlib import Path

from mishear.core.errors import UserError

SPLITS = ("train", "validation", "test")
_COLUMNS = ("recording", "split")


def read_split_file(path: str | Path) -> dict[str, str]:
    """Read which split each recording belongs to.

    Parameters
    ----------
    path
        A CSV file with the columns ``recording`` and ``split``; others are ignored.

    Returns
    -------
    dict
        The split of each recording, by its name.

    Raises
    ------
    UserError
        If the file cannot be read, lacks a column, names an unknown split or a recording twice, or
        leaves a split empty other than train and validation together.
    """
    where = f"split.file: {path}"
    found: dict[str, str] = {}
    for line, recording, split in _lines(Path(path), where):
        if split not in SPLITS:
            raise UserError(
                f"{where}, line {line}: '{split}' is not a split. Write one of {', '.join(SPLITS)}."
            )
        if recording in found:
            raise UserError(
                f"{where}, line {line}: '{recording}' is listed twice. Remove one of the lines."
            )
        found[recording] = split
    # A study of trained models needs recordings to test on, and no others.
    given = set(found.values())
    for split in () if given == {"test"} else SPLITS:
        if split not in given:
            raise UserError(f"{where} has no recording in {split}. Give it at least one.")
    return found


def _lines(path: Path, where: str) -> Iterator[tuple[int, str, str]]:
    """Yield number, recording and split of each line."""
    try:
        with path.expanduser().open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise UserError(
                    f"{where} lacks the columns {', '.join(missing)}. Its first line must name "
                    f"them: recording,split."
                )
            for row in reader:
                recording, split = ((row[name] or "").strip() for name in _COLUMNS)
                yield reader.line_num, recording, split
    except OSError as error:
        raise UserError(f"{where} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{where} is not a CSV file in UTF-8: {error}.") from error
