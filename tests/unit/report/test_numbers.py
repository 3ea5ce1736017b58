"""The table of all evaluations."""

import math

from mishear.report.numbers import COLUMNS, numbers_table


def test_columns_that_say_the_same_everywhere_are_left_out(rows, summary_of):
    table = numbers_table(summary_of(rows))
    titles = [column.title for column in table.columns]
    assert "corpus" not in titles and "seed" not in titles and "accuracy, saved" not in titles
    other = [row | {"corpus": "words"} for row in rows]
    assert "corpus" in [column.title for column in numbers_table(summary_of(rows + other)).columns]


def test_every_row_is_there_as_wide_as_the_head(rows, summary_of):
    table = numbers_table(summary_of(rows))
    assert len(table.rows) == len(rows)
    assert {len(row) for row in table.rows} == {len(table.columns)}


def test_cells_show_text_and_sort_by_number(rows, summary_of):
    table = numbers_table(summary_of(rows))
    titles = [column.title for column in table.columns]
    cells = [dict(zip(titles, row, strict=True)) for row in table.rows]
    (free,) = [row for row in cells if row["attack"].text == "cw"]
    assert (free["eps"].text, free["eps"].value) == ("none", math.inf)
    assert (free["median L2"].text, free["median L2"].value) == ("17.5", 17.5)
    assert cells[0]["median L2"].text == "" and cells[0]["median L2"].value == "nan"
    assert cells[0]["attack"].value is None
    assert cells[0]["n"].text == "200"


def test_columns_are_those_of_the_summary(summary_of, rows):
    assert set(COLUMNS) <= set(summary_of(rows).columns)
