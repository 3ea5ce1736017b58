"""The first screen, in words."""

from mishear.report.opening import counted, listed


def test_names_and_numbers_read_like_a_sentence():
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert counted(1, "attack") == "1 attack"
    assert counted(2000, "class", "classes") == "2,000 classes"
