"""Lists and numbers within sentences."""

import pytest

from mishear.core.sentences import counted, listed


@pytest.mark.parametrize(
    ("words", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists(words, text):
    assert listed(words) == text


def test_numbers_have_their_noun():
    assert (counted(1, "seed"), counted(1200, "seed")) == ("1 seed", "1,200 seeds")
    assert counted(2000, "class", "classes") == "2,000 classes"
