"""Tables on disk."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mishear.core.files import atomic_path


def read_results(path: Path) -> list[dict[str, str]]:
    """The rows of one evaluation."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], path: Path) -> None:
    """Write some columns; numbers have six significant digits, what is not there is empty."""
    with atomic_path(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({column: _cell(row[column]) for column in columns})


def _cell(value: Any) -> Any:
    return f"{value:.6g}" if isinstance(value, float) else value
