"""Rows of tables as a card holds them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mishear.core.card.files import json_ready
from mishear.core.card.parts import Interval
from mishear.core.tables.base import Table


def read_rows(table: Table, path: Path) -> list[dict[str, Any]]:
    """Read a table; missing values are None, of text too."""
    return [
        {name: None if value == "" else value for name, value in row.items()}
        for row in table.read(path)
    ]


def interval_of(row: Mapping[str, Any], name: str, stem: str) -> Interval:
    """Return a proportion of a row with its limits.

    Parameters
    ----------
    row
        Of a table over seeds.
    name, stem
        Name of the proportion's column, and what the names of its limits begin with.
    """
    columns = (name, f"{stem}_low", f"{stem}_high")
    value, low, high = (json_ready(row[column]) for column in columns)
    return Interval(value=value, low=low, high=high)
