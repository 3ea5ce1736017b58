"""Evaluations for tables: read once, in the order of the recordings' names."""

import pytest

from mishear.core.tables.base import described
from mishear.core.tables.evaluation import RESULTS
from mishear.evaluation.evaluated import Evaluated, read_evaluations, same_recordings
from mishear.evaluation.results import Results
from mishear.evaluation.summary import summarise
from tests.unit.conftest import result_row as row


@pytest.fixture
def read(tmp_path):
    """A function that writes rows and reads them as an evaluation."""

    def written(rows, evaluation):
        RESULTS.write(rows, tmp_path / "eps1.csv")
        keys = [{"attack": "pgd", "evaluation": evaluation}]
        (found,) = read_evaluations(described(keys, [tmp_path / "eps1.csv"]))
        return found

    return written


def test_recordings_are_in_the_order_of_their_names(read):
    rows = [row("b.wav", adversarial="2", l2=4.0), row("c.wav", clean="2"), row("a.wav", l2=1.0)]
    found = read(rows, "adaptive")
    assert found.names.tolist() == ["a.wav", "b.wav", "c.wav"]
    assert found.l2.tolist() == [1, 4, 2]
    assert found.correct_clean.tolist() == [True, True, False]
    assert found.correct_adversarial.tolist() == [True, False, False]
    assert found.success.tolist() == [False, True, False]
    assert found.tried.tolist() == [True, True, False]
    assert found.numbers == summarise(Results(rows))
    assert found.is_attack


def test_noise_in_the_test_recordings_is_no_attack(read):
    found = read([row(clean="2", adversarial="1")], "")
    assert not found.is_attack
    assert found.correct_adversarial.tolist() == [True]
    assert found.numbers["accuracy"] == 1


def test_recordings_are_the_same_by_name_whatever_their_order():
    one, turned, other = (
        Evaluated.of({}, Results([row(name) for name in names]))
        for names in (("a", "b"), ("b", "a"), ("a", "c"))
    )
    assert same_recordings([one, turned])
    assert not same_recordings([one, turned, other])
