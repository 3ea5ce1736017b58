"""The data dictionary has every table and column, and the declarations fit together.

That the file in the repository is up to date is tested with the other generated files.
"""

import re

import pytest

from mishear.core.tables.docs import TABLES, dictionary


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_declaration_is_complete(table):
    assert len(table.names) == len(set(table.names))
    assert set(table.keys) <= set(table.names)
    assert table.path.startswith(("results/", "<file>.csv, written by `mishear"))
    for text in (table.text, *(column.text for column in table.columns)):
        assert text.endswith(".")
        assert text[0].isupper() or text[0] == "`"


def test_every_table_and_column_is_in_the_dictionary():
    text = dictionary()
    assert len({table.path for table in TABLES}) == len(TABLES)
    for table in TABLES:
        section = text.split(f"`{table.path}`")[1].partition("\n###")[0]
        assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == list(table.names)


def test_no_table_is_declared_without_being_documented():
    from mishear.core.tables import (
        certificates,
        checks,
        comparison,
        corpora,
        corruptions,
        detections,
        environments,
        evaluation,
        libraries,
        listening,
        listening_over_seeds,
        over_seeds,
        poisoning,
        smallest_change,
        targeted,
        training,
        transfer,
    )
    from mishear.core.tables.base import Table

    modules = (
        certificates,
        checks,
        comparison,
        corpora,
        corruptions,
        detections,
        environments,
        evaluation,
        libraries,
        listening,
        listening_over_seeds,
        over_seeds,
        poisoning,
        smallest_change,
        targeted,
        training,
        transfer,
    )
    found = [
        value for module in modules for value in vars(module).values() if isinstance(value, Table)
    ]
    assert {table.path for table in found} == {table.path for table in TABLES}
