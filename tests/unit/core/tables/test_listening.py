"""The tables of `mishear.core.tables.listening` are read as they were written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mishear.core.tables import listening
from mishear.core.tables.base import Table
from tests.unit.core.tables.strategies import rows

TABLES = [table for table in vars(listening).values() if isinstance(table, Table)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_rows_are_read_as_they_were_written(table, data, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "table.csv"
    drawn = data.draw(rows(table))
    table.write(drawn, path)
    assert table.read(path) == drawn


def test_the_keys_of_sounds_are_those_of_the_plan():
    from mishear.study.sounds import Sound

    told = next(each.text for each in listening.SOUND if each.name == "kind")
    for kind in ("clean", "round-trip", "poisoned", "waveform", "inverted"):
        assert f"`{kind}`" in told
    assert Sound("digits", "mel", "clean").kind in told
