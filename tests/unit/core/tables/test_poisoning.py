"""The tables of `mishear.core.tables.poisoning` are read as they were written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mishear.core.tables import poisoning
from mishear.core.tables.base import Table
from tests.unit.core.tables.strategies import rows

TABLES = [table for table in vars(poisoning).values() if isinstance(table, Table)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_rows_are_read_as_they_were_written(table, data, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "table.csv"
    drawn = data.draw(rows(table))
    table.write(drawn, path)
    assert table.read(path) == drawn


def test_silence_has_no_ratio_but_a_number(tmp_path):
    row = {"recording": "a.wav", "linf": 0.1, "l2": 1.0, "snr_db": float("inf")}
    poisoning.DISTORTIONS.write([row], tmp_path / "distortions.csv")
    assert poisoning.DISTORTIONS.read(tmp_path / "distortions.csv") == [row]
