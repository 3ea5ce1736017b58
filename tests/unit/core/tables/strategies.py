"""Rows that a table may hold, drawn from its declaration."""

import string

from hypothesis import strategies as st

from mishear.core.tables.base import Column, Table

TEXTS = st.text(string.ascii_letters + string.digits + ' ,;"\n@-_', min_size=1, max_size=9)


def value(column: Column):
    """Values of a column, as they are after writing and reading."""
    kinds = {
        "text": TEXTS,
        "whole number": st.integers(0, 10**9),
        "number": st.floats(-1e9, 1e9).map(lambda number: float(format(number, column.format))),
        "true or false": st.booleans(),
    }
    if not column.optional:
        return kinds[column.kind]
    return kinds[column.kind] | st.just("" if column.kind == "text" else None)


def rows(table: Table):
    """A few rows of a table."""
    row = st.fixed_dictionaries({column.name: value(column) for column in table.columns})
    return st.lists(row, max_size=2)
