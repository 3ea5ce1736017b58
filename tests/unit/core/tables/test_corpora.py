"""The tables of `mishear.core.tables.corpora` are read as they were written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mishear.core.tables import corpora
from mishear.core.tables.base import Table
from tests.unit.core.tables.strategies import rows

TABLES = [table for table in vars(corpora).values() if isinstance(table, Table)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_rows_are_read_as_they_were_written(table, data, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "table.csv"
    drawn = data.draw(rows(table))
    table.write(drawn, path)
    assert table.read(path) == drawn


def test_lengths_have_six_decimals(tmp_path):
    row = {"recording": "a.wav", "label": "1", "speaker": "", "sample_rate": 8000}
    row |= {"channels": 1, "samples": 2384, "seconds": 2384 / 8000}
    corpora.INDEX.write([row], tmp_path / "index.csv")
    assert (tmp_path / "index.csv").read_text().splitlines()[1] == "a.wav,1,,8000,1,2384,0.298000"
