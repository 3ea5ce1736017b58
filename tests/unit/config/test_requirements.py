"""Requirements say what is measured, and how much is asked."""

import pytest

from tests.unit.config.changes import assert_refused, loaded, put


@pytest.mark.parametrize(
    ("requirement", "said"),
    [
        ({"attack": "pgd", "eps": 0.5}, "needs either accuracy or clean_accuracy"),
        ({"attack": "pgd", "accuracy": 0.5, "clean_accuracy": 0.5}, "needs either accuracy or"),
        ({"accuracy": 0.5}, "accuracy needs either attack or corruption"),
        ({"attack": "pgd", "corruption": "b", "accuracy": 0.5}, "either attack or corruption"),
        ({"attack": "pgd", "clean_accuracy": 0.5}, "clean_accuracy has no attack"),
        ({"clean_accuracy": 0.5, "eps": 1}, "eps needs the key attack"),
        ({"clean_accuracy": 0.5, "severity": 1}, "severity needs the key corruption"),
        ({"clean_accuracy": 0.5, "evaluation": "adaptive"}, "evaluation needs the key attack"),
        ({"attack": "pgd", "accuracy": 70}, "study.require.0.accuracy: 70"),
        ({"attack": "pgd", "accuracy": True}, "true or false"),
        ({"atack": "pgd", "accuracy": 0.7}, "unknown key (did you mean 'attack'?)"),
        ({"corruption": "b", "severity": 0, "accuracy": 0.7}, "study.require.0.severity: 0"),
    ],
)
def test_a_mistake_is_named_with_its_key(raw, requirement, said):
    assert_refused(raw, put("study/require", [requirement]), [said])


def test_numbers_are_those_of_results(raw):
    asked = [{"attack": "pgd", "eps": "0.50000001", "accuracy": 0.7}, {"clean_accuracy": "0.9"}]
    study = loaded(raw, "study/require", asked).study
    assert (study.require[0].eps, study.require[1].clean_accuracy) == (0.5, 0.9)
