"""The tables of `mishear.core.tables.libraries` are read as they were written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mishear.core.tables import libraries
from mishear.core.tables.base import Table
from tests.unit.core.tables.strategies import rows

TABLES = [table for table in vars(libraries).values() if isinstance(table, Table)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_rows_are_read_as_they_were_written(table, data, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "table.csv"
    drawn = data.draw(rows(table))
    table.write(drawn, path)
    assert table.read(path) == drawn


def test_the_words_of_a_probe_are_those_declared():
    from mishear.libraries import probe_terms

    told = {column.name: column.text for column in libraries.PROBE.columns}
    for usage in (probe_terms.AS_DOCUMENTED, probe_terms.OWN_ARGUMENTS, probe_terms.ADAPTER):
        assert f"`{usage}`" in told["usage"]
    assert f"`{probe_terms.WORKS}`" in told["outcome"]
