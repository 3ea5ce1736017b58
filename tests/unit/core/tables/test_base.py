"""A table reads what it has written, in the same kinds, and says what is wrong with a file."""

import math
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.core.tables.base import Column, Described, Table, described, grouped
from mishear.core.tables.docs import TABLES
from tests.unit.core.tables import strategies

COLUMNS = (
    Column("name", "text", "A name."),
    Column("note", "text", "A note.", optional=True),
    Column("count", "whole number", "A count."),
    Column("few", "whole number", "A count that may be missing.", optional=True),
    Column("size", "number", "A size.", "dB"),
    Column("maybe", "number", "A size that may be missing.", optional=True),
    Column("exact", "number", "All digits.", format=""),
    Column("flag", "true or false", "Yes or no."),
    Column("open", "true or false", "Yes, no or unknown.", optional=True),
)
TABLE = Table("Example", "example.csv", "An example.", COLUMNS, ("name",))

WORDS = st.text(string.ascii_letters + string.digits + " ,;\"'\näß中", min_size=1)
NUMBERS = st.floats(allow_nan=False)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": WORDS,
            "note": st.just("") | WORDS,
            "count": st.integers(-(2**53), 2**53),
            "few": st.none() | st.integers(-(2**53), 2**53),
            "size": NUMBERS.map(lambda value: float(f"{value:.6g}")),
            "maybe": st.none() | NUMBERS.map(lambda value: float(f"{value:.6g}")),
            "exact": NUMBERS,
            "flag": st.booleans(),
            "open": st.none() | st.booleans(),
        }
    ),
    max_size=4,
)
ROW = {"name": "a", "note": "", "count": 3, "few": None, "size": 0.5, "maybe": None}
ROW |= {"exact": 1 / 3, "flag": True, "open": None}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("tables") / "example.csv"


@given(rows=ROWS)
@settings(max_examples=50, deadline=None)
def test_rows_are_read_as_they_were_written(path, rows):
    TABLE.write(rows, path)
    assert TABLE.read(path) == rows


@given(rows=ROWS)
@settings(max_examples=50, deadline=None)
def test_reading_and_writing_again_changes_no_byte(path, rows):
    TABLE.write(rows, path)
    before = path.read_bytes()
    TABLE.write(TABLE.read(path), path)
    assert path.read_bytes() == before


@given(rows=ROWS)
@settings(max_examples=25, deadline=None)
def test_a_frame_holds_the_same_values(path, rows):
    TABLE.write(rows, path)
    frame = TABLE.frame(path)
    assert tuple(frame.columns) == TABLE.names
    for name in TABLE.names:
        for found, row in zip(frame[name], rows, strict=True):
            missing = row[name] is None or row[name] == ""
            assert (found != found or found is None) if missing else found == row[name]


def test_a_frame_has_the_kinds_declared_even_without_rows(path):
    for rows in ([], [ROW]):
        TABLE.write(rows, path)
        frame = TABLE.frame(path)
        assert frame["count"].dtype == "int64"
        assert frame["size"].dtype == frame["maybe"].dtype == frame["few"].dtype == "float64"
        assert frame["flag"].dtype == "bool"


def test_a_file_is_written_as_it_always_was(path):
    TABLE.write([ROW | {"size": 1234567.8, "maybe": math.inf}], path)
    assert path.read_text() == (
        "name,note,count,few,size,maybe,exact,flag,open\n"
        "a,,3,,1.23457e+06,inf,0.3333333333333333,1,\n"
    )


def test_a_value_that_must_be_there_is_asked_for_when_writing(path):
    path.unlink(missing_ok=True)
    with pytest.raises(ValueError, match="column count has no value"):
        TABLE.write([ROW | {"count": None}], path)
    with pytest.raises(KeyError, match="flag"):
        TABLE.write([{key: value for key, value in ROW.items() if key != "flag"}], path)
    assert not path.exists()


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("count", "many", "'many' is not a whole number"),
        ("count", "1.5", "'1.5' is not a whole number"),
        ("size", "large", "'large' is not a number"),
        ("flag", "True", "'True' is neither 0 nor 1"),
        ("name", "", "it is empty"),
        ("size", "", "it is empty"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(path, column, value, said):
    cells = {name: TABLE.columns[place].written(ROW[name]) for place, name in enumerate(ROW)}
    lines = [",".join(TABLE.names), ",".join(cells.values())]
    lines.append(",".join((cells | {column: value}).values()))
    path.write_text("\n".join(lines) + "\n")
    for read in (TABLE.read, TABLE.frame):
        with pytest.raises(UserError) as error:
            read(path)
        assert str(error.value).startswith(f"{path}, line 3, column {column}: {said}. Delete it")


def test_a_file_without_a_column_or_cut_off_is_an_error(path):
    path.write_text("name,note,count,few,size,maybe,exact,open\n")
    with pytest.raises(UserError, match="lacks the columns flag"):
        TABLE.read(path)
    path.write_text("")
    with pytest.raises(UserError, match="lacks the columns name, note"):
        TABLE.read(path)
    TABLE.write([ROW], path)
    path.write_text(path.read_text()[: -len("0.3333333333333333,1,\n")])
    with pytest.raises(UserError, match="line 2, column exact: it is empty"):
        TABLE.read(path)


def test_a_file_that_is_missing_or_no_text_is_an_error(path, tmp_path):
    with pytest.raises(UserError, match="Cannot read .*No such file"):
        TABLE.read(tmp_path / "none.csv")
    path.write_bytes(b"name,\xff\xfe\n")
    with pytest.raises(UserError, match="not a CSV file in UTF-8"):
        TABLE.read(path)


def test_columns_that_are_not_declared_are_passed_over(path):
    TABLE.write([ROW | {"other": 1}], path)
    assert "other" not in path.read_text()
    lines = path.read_text().splitlines()
    path.write_text(f"extra,{lines[0]}\n1,{lines[1]}\n")
    assert TABLE.read(path) == [ROW]


@given(first=ROWS, second=ROWS)
@settings(max_examples=20, deadline=None)
def test_joined_files_hold_the_rows_of_all(path, first, second):
    parts = [path.with_name(f"part{number}.csv") for number in (0, 1)]
    TABLE.write(first, parts[0])
    TABLE.write(second, parts[1])
    TABLE.joined(parts, path)
    TABLE.write(first + second, parts[0])
    assert path.read_bytes() == parts[0].read_bytes()


def test_keys_and_files_must_be_as_many():
    assert described([{"eps": 1}], ["a.csv"]) == [Described({"eps": 1}, Path("a.csv"))]
    with pytest.raises(ValueError, match="zip"):
        described([{"eps": 1}], [])


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_rows_of_every_table_are_read_as_they_were_written(table, data, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "table.csv"
    drawn = data.draw(strategies.rows(table))
    table.write(drawn, path)
    assert table.read(path) == drawn


def test_files_are_grouped_by_what_they_have_in_common():
    keys = [
        {"attack": "pgd", "seed": 0},
        {"attack": "fgsm", "seed": 0},
        {"attack": "pgd", "seed": 1},
    ]
    files = described(keys, ["a.csv", "b.csv", "c.csv"])
    assert list(grouped(files, ["attack"])) == [
        ({"attack": "pgd"}, [files[0], files[2]]),
        ({"attack": "fgsm"}, [files[1]]),
    ]
