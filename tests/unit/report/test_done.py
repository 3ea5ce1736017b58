"""What was done: parameters, with those at their default, in words."""

from dataclasses import replace

from mishear.report.done import networks_table, values


def test_parameters_are_written_in_words():
    found = values({"steps": 40, "start": True, "size": 0.25, "eps": [0.5, 1.0], "noise": None})
    assert found == "steps 40, start yes, size 0.25, eps 0.5 1, noise none"
    assert values({"inner": {"a": 1}}) == "inner (a 1)"
    assert values({}) == "none"


def test_a_network_that_was_trained_elsewhere_is_known_by_its_file(study):
    networks = {
        "own": {"class": "x.Y", "weights": "y.pt", "labels": ["a", "b"], "trust": False},
        "program": {"class": None, "command": ["score", "--fast"], "labels": ["a", "b"]},
        "here": {"class": "PaperCNN", "trust": False, "timeout": 60.0},
    }
    weights = {"own": "12ab", "program": "34cd"}
    table = networks_table(replace(study, config={"networks": networks}, weights=weights))
    assert [row[3] for row in table.rows] == [
        "trained elsewhere: y.pt, sha256 12ab; labels: a b",
        "trained elsewhere: score --fast, sha256 34cd; labels: a b",
        "trained here",
    ]
