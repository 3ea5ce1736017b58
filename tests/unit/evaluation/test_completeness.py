"""A table that was cut, or is of another split, is not counted as if it were whole."""

from pathlib import Path

import pytest

from mishear.core.errors import UserError
from mishear.core.tables.base import described
from mishear.core.tables.corpora import SPLIT
from mishear.evaluation.completeness import check_complete, check_present, recordings_of_tests

FILE = Path("results/evaluations/eps1.csv")
FOLDS = [frozenset("abc"), frozenset("def")]


@pytest.mark.parametrize("names", ["abc", "cab", "def"])
def test_all_recordings_of_a_fold_in_any_order(names):
    check_complete(list(names), FILE, FOLDS)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("ab", r"1 of 3 are missing \(c\)"),
        ("", "3 of 3 are missing"),
        ("abcd", r"1 are not in the test split \(d\)"),
        ("abd", r"1 of 3 are missing \(c\), 1 are not in the test split \(d\)"),
        ("abcc", r"1 are listed more than once \(c\)"),
    ],
)
def test_another_set_of_recordings_is_refused_with_what_to_delete(names, said):
    with pytest.raises(UserError, match=said) as raised:
        check_complete(list(names), FILE, FOLDS)
    assert f"rm {FILE}" in str(raised.value)


def test_some_of_the_recordings_must_be_in_the_tables_they_are_read_from():
    check_present(["c", "a"], "abc", [FILE])
    with pytest.raises(UserError, match=r"1 of 2 are missing \(d\)(?s:.*)rm .*eps1.csv 'b c.csv'"):
        check_present(["a", "d"], "abc", [FILE, Path("b c.csv")])


def test_the_test_recordings_of_each_split(tmp_path):
    row = {"label": "1", "speaker": "x", "content": "c"}
    for name, tested in (("first", "ab"), ("second", "b")):
        rows = [
            row | {"recording": each, "split": "test" if each in tested else "train"}
            for each in "abc"
        ]
        SPLIT.write(rows, tmp_path / f"{name}.csv")
    files = [tmp_path / "first.csv", tmp_path / "second.csv"]
    found = recordings_of_tests(described([{"corpus": "x"}, {"corpus": "x"}], files))
    assert found == {"x": [frozenset("ab"), frozenset("b")]}
