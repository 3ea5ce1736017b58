"""An error is the result of a trial, in one line and without a place on this machine."""

import pytest

from mishear.libraries.probe_terms import WORKS
from mishear.libraries.trials import LONGEST_ERROR, ImportRefused, outcome


def failing(error):
    def run():
        raise error

    return run


def test_what_works_gives_its_result():
    assert outcome(lambda: {"n": 3}) == (WORKS, {"n": 3})


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("two\n  lines"), "ValueError: two lines"),
        (ImportRefused("ImportError: no name (/home/me/file.py)"), "ImportError: no name"),
        (RuntimeError(""), "RuntimeError:"),
    ],
)
def test_errors_are_told_in_one_line(error, text):
    found, measured = outcome(failing(error))
    assert found.strip() == text
    assert measured is None


def test_long_errors_are_cut():
    assert len(outcome(failing(ValueError("x" * 1000)))[0]) == LONGEST_ERROR
