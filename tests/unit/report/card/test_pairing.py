"""Results are paired where their tables are those of the cards, and of the same recordings."""

import numpy as np
import pytest

from mishear.report.card.pairing import NotPaired, read_pair
from tests.unit.report.card.conftest import studied
from tests.unit.report.card.studies import TESTS, invent


@pytest.fixture
def two(tmp_path):
    return [invent(tmp_path / name, studied(), share) for name, share in (("a", 0.3), ("b", 0.9))]


def pair(first, second, number=0):
    return read_pair(*((each.study, each.card.results[number]) for each in (first, second)))


def test_both_are_read_in_the_same_order(two):
    found = pair(*two)
    ours, theirs = found.correct("correct_adversarial")
    assert ours.shape == theirs.shape == (1, TESTS)
    assert ours.mean() < theirs.mean()
    assert found.speakers is None


def test_each_severity_of_a_corruption_is_read(two):
    by_severity = [pair(*two, number=number) for number in (-2, -1)]
    assert np.array_equal(*(each.correct("correct_adversarial")[0] for each in by_severity))


def test_a_table_that_is_gone_or_changed_is_not_paired(two):
    study, result = two[0].study, two[0].card.results[0]
    path = study.folder / result.tables[0].path
    path.write_text(path.read_text().replace("r50.wav", "r51.wav"))
    with pytest.raises(NotPaired, match="has changed since"):
        read_pair((study, result), (two[1].study, two[1].card.results[0]))
    path.unlink()
    with pytest.raises(NotPaired, match="does not exist"):
        read_pair((study, result), (two[1].study, two[1].card.results[0]))


@pytest.mark.parametrize(
    ("changes", "files", "reason"),
    [
        ({"seeds": [1]}, {}, "the seeds differ"),
        ({}, {"names": "other"}, "the recordings have other names"),
    ],
)
def test_others_are_not_paired(two, tmp_path, changes, files, reason):
    other = invent(tmp_path / "c", studied(**changes), **files)
    with pytest.raises(NotPaired, match=reason):
        pair(two[0], other)


def test_the_order_of_the_rows_does_not_count(two):
    ours = pair(*two).correct("correct_clean")
    study, result = two[0].study, two[0].card.results[0]
    path = study.folder / result.tables[0].path
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head, *reversed(rows)]) + "\n")
    again = pair(*two).correct("correct_clean")  # with a card of the new file
    assert all(np.array_equal(*each) for each in zip(ours, again, strict=True))
