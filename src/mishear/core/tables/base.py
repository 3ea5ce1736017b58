"""Tables as CSV files: a declaration with its columns, which writes and reads them."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from mishear.core.errors import UserError
from mishear.core.files import atomic_path

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "whole number", "number", "true or false"]

SIX_DIGITS = ".6g"
AGAIN = "Delete it to have it made again."


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
    kind : str
        What its cells hold. True and false are written as 1 and 0.
    text : str
        What it means, in a sentence.
    unit : str
        Unit of its numbers; empty for none.
    optional : bool
        Whether a cell may be empty. Empty text is read as ``""``, anything else empty as None.
    format : str
        How a number that is not whole is written.
    """

    name: str
    kind: Kind
    text: str
    unit: str = ""
    optional: bool = False
    format: str = SIX_DIGITS

    def written(self, value: Any) -> str:
        """Return a value as it stands in the file.

        Raises
        ------
        ValueError
            If the value is missing and the column is not optional.
        """
        if value is None or value == "":
            if self.optional:
                return ""
            raise ValueError(f"column {self.name} has no value")
        if self.kind == "true or false":
            return str(int(value))
        if self.kind == "number" and not isinstance(value, int):
            return format(value, self.format)
        return str(value)

    def read(self, cell: str) -> Any:
        """Return the value of a cell.

        Raises
        ------
        ValueError
            If the cell does not hold what the column is declared to hold.
        """
        if cell == "":
            if not self.optional:
                raise ValueError("it is empty")
            return "" if self.kind == "text" else None
        return _READERS[self.kind](cell)


def _truth(cell: str) -> bool:
    if cell not in ("0", "1"):
        raise ValueError(f"'{cell}' is neither 0 nor 1")
    return cell == "1"


def _whole(cell: str) -> int:
    try:
        return int(cell)
    except ValueError as error:
        raise ValueError(f"'{cell}' is not a whole number") from error


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError as error:
        raise ValueError(f"'{cell}' is not a number") from error


_READERS: dict[Kind, Callable[[str], Any]] = {
    "text": str,
    "whole number": _whole,
    "number": _number,
    "true or false": _truth,
}

_DTYPES: dict[Kind, str] = {
    "text": "str",
    "whole number": "int64",
    "number": "float64",
    "true or false": "bool",
}


@dataclass(frozen=True)
class Table:
    """A kind of CSV file.

    Attributes
    ----------
    name : str
        Its title.
    path : str
        Where such files are, with ``<...>`` for what differs.
    text : str
        What it holds, in a sentence or two.
    columns : tuple of Column
    keys : tuple of str
        Columns by which a row is told from the others.
    """

    name: str
    path: str
    text: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(column.name for column in self.columns)

    def write(self, rows: Iterable[Mapping[str, Any]], path: str | Path) -> None:
        """Write rows to a file.

        Parameters
        ----------
        rows
            Each has a value for every column, None for an empty cell. Other keys are left out.
        path
            The CSV file.

        Raises
        ------
        KeyError
            If a row lacks a column.
        ValueError
            If a cell is empty in a column that is not optional.
        UserError
            If the file cannot be written.
        """
        with (
            atomic_path(path) as temporary,
            temporary.open("w", newline="", encoding="utf-8") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self.names)
            for row in rows:
                writer.writerow([each.written(row[each.name]) for each in self.columns])

    def before(self, name: str) -> tuple[str, ...]:
        """Return the names of the columns that come before one."""
        return self.names[: self.names.index(name)]

    def read(self, path: str | Path) -> list[dict[str, Any]]:
        """Read the rows of a file, with values of the kinds declared.

        Columns that are not declared are left out.

        Raises
        ------
        UserError
            If the file cannot be read, lacks a column, or holds a value of another kind.
        """
        path = Path(path)
        try:
            with path.open(newline="", encoding="utf-8") as file:
                reader = csv.DictReader(file)
                missing = [name for name in self.names if name not in (reader.fieldnames or ())]
                if missing:
                    raise UserError(f"{path} lacks the columns {', '.join(missing)}. {AGAIN}")
                return [self._row(values, path, reader.line_num) for values in reader]
        except OSError as error:
            raise UserError(f"Cannot read {path}: {error.strerror}.") from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise UserError(f"{path} is not a CSV file in UTF-8: {error}. {AGAIN}") from error

    def _row(self, values: Mapping[str, str | None], path: Path, line: int) -> dict[str, Any]:
        row = {}
        for column in self.columns:
            try:
                row[column.name] = column.read(values[column.name] or "")
            except ValueError as error:
                raise UserError(
                    f"{path}, line {line}, column {column.name}: {error}. {AGAIN}"
                ) from error
        return row

    def frame(self, path: str | Path) -> "pd.DataFrame":
        """Read a file as a ``pandas.DataFrame``; empty cells are missing values.

        Optional columns of whole numbers are read as floats.

        Raises
        ------
        UserError
            As :meth:`read`.
        """
        import pandas as pd

        rows = self.read(path)
        return pd.DataFrame(
            {
                column.name: pd.Series(
                    [None if row[column.name] == "" else row[column.name] for row in rows],
                    dtype=_dtype(column),
                )
                for column in self.columns
            }
        )

    def joined(self, parts: Sequence[Path], path: Path) -> None:
        """Join files of this kind, one after the other, to one.

        Raises
        ------
        UserError
            As :meth:`read`.
        """
        self.write(self._rows_of(parts), path)

    def _rows_of(self, parts: Sequence[Path]) -> Iterator[dict[str, Any]]:
        for part in parts:
            yield from self.read(part)


def _dtype(column: Column) -> str:
    if column.optional and column.kind == "whole number":
        return "float64"
    if column.optional and column.kind == "true or false":
        return "object"
    return _DTYPES[column.kind]


@dataclass(frozen=True)
class Described:
    """A file of results, with what a table of the study says of it besides its numbers.

    Attributes
    ----------
    keys : mapping
        Names and values of columns.
    file : Path
    """

    keys: Mapping[str, Any]
    file: Path


def described(keys: Iterable[Mapping[str, Any]], files: Iterable[str | Path]) -> list[Described]:
    """Join what is said of some files with the files, which have the same order."""
    return [Described(each, Path(file)) for each, file in zip(keys, files, strict=True)]


class _Keyed(Protocol):
    @property
    def keys(self) -> Mapping[str, Any]: ...


_Each = TypeVar("_Each", bound=_Keyed)


def grouped(
    described: Iterable[_Each], columns: Sequence[str]
) -> Iterator[tuple[dict[str, Any], list[_Each]]]:
    """Yield the values of some columns with all that has them in common among its keys."""
    groups: dict[tuple, list[_Each]] = {}
    for each in described:
        groups.setdefault(tuple(each.keys[column] for column in columns), []).append(each)
    for values, members in groups.items():
        yield dict(zip(columns, values, strict=True)), members
