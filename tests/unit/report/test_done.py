"""What was done: parameters, with those at their default, in words."""

from mishear.report.done import values


def test_parameters_are_written_in_words():
    found = values({"steps": 40, "start": True, "size": 0.25, "eps": [0.5, 1.0], "noise": None})
    assert found == "steps 40, start yes, size 0.25, eps 0.5 1, noise none"
    assert values({"inner": {"a": 1}}) == "inner (a 1)"
    assert values({}) == "none"
