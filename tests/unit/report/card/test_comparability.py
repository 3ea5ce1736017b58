"""What keeps two results from being compared is named."""

import pytest

from mishear.report.card.comparability import differences, obstacles
from tests.unit.report.card.conftest import CORRUPTIONS, studied
from tests.unit.report.card.studies import invent


def found(tmp_path, number=0, files=(), **changes):
    first = invent(tmp_path / "a", studied()).card
    second = invent(tmp_path / "b", studied(**changes), **dict(files)).card
    return obstacles((first, first.results[number]), (second, second.results[number]))


def test_alike_nothing_keeps_them_apart(tmp_path):
    assert found(tmp_path) == []
    assert found(tmp_path, number=-1) == []


def test_another_parameter_of_the_attack_does(tmp_path):
    attack = {"class": "LinfPGD", "params": {"steps": 7}, "eps": [0.5, 1]}
    reasons = found(tmp_path, attacks={"pgd": attack})
    assert reasons == ["params.steps (40 in A, 7 in B)", "steps (40 in A, 7 in B)"]


def test_other_attacks_whose_results_an_attack_takes_over_do(tmp_path):
    alone = {"class": "LinfPGD", "params": {"steps": 40}, "eps": [0.5, 1]}
    first = {"class": "LinfFastGradientAttack", "eps": [0.5, 1]}
    attacks = {"fgsm": first, "pgd": alone | {"after": ["fgsm"]}}
    reasons = found(tmp_path, attacks=attacks)
    assert len(reasons) == 1 and reasons[0].startswith("after fgsm (none in A, {")


def test_other_test_recordings_do(tmp_path):
    reasons = found(tmp_path, files={"labels": ["x", "y"]})
    assert reasons == ["the test recordings (40 in A, 40 in B)"]


def test_another_level_of_a_corruption_does_and_one_more_severity_does_not(tmp_path):
    louder = {"babble": CORRUPTIONS["babble"] | {"severities": [20, 4]}}
    (reason,) = found(tmp_path, number=-1, corruptions=louder)
    assert reason == "the level (5 % lost in A, 4 % lost in B)"
    more = {"babble": CORRUPTIONS["babble"] | {"severities": [20, 5, 1]}}
    first = invent(tmp_path / "c", studied()).card
    second = invent(tmp_path / "d", studied(corruptions=more)).card
    assert not obstacles((first, first.results[-1]), (second, second.results[-2]))


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({"a": 1, "b": {"c": 2}}, []),
        ({"a": 1, "b": {"c": 3}}, ["b.c (2 in A, 3 in B)"]),
        ({"a": 1}, ["b ({'c': 2} in A, none in B)"]),
        ({"a": "1", "b": {"c": 2}}, ["a (1 in A, '1' in B)"]),
        ({"a": "x", "b": {"c": 2}}, ["a (1 in A, x in B)"]),
    ],
)
def test_each_difference_is_named_with_its_values(second, said):
    assert list(differences({"a": 1, "b": {"c": 2}}, second)) == said
