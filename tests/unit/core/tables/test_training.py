"""The tables of `mishear.core.tables.training` are read as they were written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mishear.core.tables import training
from mishear.core.tables.base import Table
from tests.unit.core.tables.strategies import rows

TABLES = [table for table in vars(training).values() if isinstance(table, Table)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_rows_are_read_as_they_were_written(table, data, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "table.csv"
    drawn = data.draw(rows(table))
    table.write(drawn, path)
    assert table.read(path) == drawn


def test_a_history_is_a_row_per_epoch():
    assert training.HISTORY.keys == ("epoch",)
    assert training.HISTORY.names[-1] == "seconds"
