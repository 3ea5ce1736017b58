"""Requirements are about what the study evaluates, or the config is refused."""

import pytest

from mishear.core.errors import UserError
from mishear.study.keys import summary_keys
from mishear.study.requirements import check_requirements, gate_files, required
from tests.unit.study.configs import NOISY, PLAIN, RECIPES, config

BABBLE = {"babble": {"class": "Babble"}}


def asking(*requirements, recipes=PLAIN | NOISY, **changes):
    found = config(recipes, require=list(requirements), corruptions=BABBLE, **changes)
    study = found.study.model_copy(update={"corruptions": ["babble"]})
    return found.model_copy(update={"study": study})


def mistakes(*requirements, **changes):
    with pytest.raises(UserError) as error:
        check_requirements(asking(*requirements, **changes), {"babble": 5})
    return str(error.value)


@pytest.mark.parametrize(
    "requirement",
    [
        {"attack": "pgd", "eps": 0.5, "accuracy": 0.7},
        {"attack": "pgd", "accuracy": 0.7, "network": "net", "corpus": "a", "front_end": "mel"},
        {"attack": "noise", "eps": 0.01, "accuracy": 0.7, "recipe": "standard"},
        {"attack": "noise", "accuracy": 0.7, "recipe": "noise-amplitude0.01-rate1"},
        {"corruption": "babble", "severity": 5, "accuracy": 0.9, "defence": "none"},
        {"clean_accuracy": 0.9, "recipe": "noise"},
    ],
)
def test_what_is_evaluated_can_be_required(requirement):
    check_requirements(asking(requirement), {"babble": 5})


@pytest.mark.parametrize(
    ("requirement", "said"),
    [
        ({"attack": "pdg", "accuracy": 0.7}, ".attack: the study evaluates no attack pdg"),
        ({"attack": "pdg", "accuracy": 0.7}, "did you mean 'pgd'"),
        ({"attack": "fgsm", "accuracy": 0.7}, "There: pgd, noise."),  # defined, not chosen
        ({"attack": "pgd", "eps": 0.7, "accuracy": 0.7}, ".eps: the study evaluates no eps 0.7"),
        ({"attack": "pgd", "eps": 0.7, "accuracy": 0.7}, "There: 0.5, 1."),
        ({"attack": "pgd", "recipe": "noise", "accuracy": 0.7}, ".attack: the study evaluates no"),
        ({"clean_accuracy": 0.7, "recipe": "standrad"}, "did you mean 'standard'"),
        ({"clean_accuracy": 0.7, "network": "nte"}, "no network nte"),
        ({"clean_accuracy": 0.7, "corpus": "b"}, "There: a."),
        ({"clean_accuracy": 0.7, "defence": "median"}, "There: none."),
        ({"corruption": "bable", "accuracy": 0.7}, "did you mean 'babble'"),
        ({"corruption": "babble", "severity": 6, "accuracy": 0.7}, "There: 1, 2, 3, 4, 5."),
        ({"attack": "pgd", "evaluation": "transfer", "accuracy": 0.7}, "There: adaptive."),
    ],
)
def test_what_is_not_evaluated_is_refused_with_what_there_is(requirement, said):
    assert said in mistakes({"attack": "pgd", "accuracy": 0.1}, requirement)
    assert "study.require[1]" in mistakes({"attack": "pgd", "accuracy": 0.1}, requirement)


def test_all_mistakes_are_listed():
    text = mistakes({"attack": "a", "accuracy": 0.7}, {"attack": "b", "accuracy": 0.7})
    assert "2 mistakes:" in text


def test_severities_that_nobody_knows_are_not_refused():
    requirement = {"corruption": "babble", "severity": 9, "accuracy": 0.7}
    check_requirements(asking(requirement), {})


def test_a_recipe_stands_for_all_its_trainings():
    study = asking({"clean_accuracy": 0.5, "recipe": "adversarial"}, recipes=RECIPES)
    (found,) = required(study)
    assert found.chosen == {"recipe": ("adversarial-eps0.5", "adversarial-eps2")}
    concerned = {row["recipe"] for row in summary_keys(study) if found.concerns(row)}
    assert concerned == {"adversarial-eps0.5", "adversarial-eps2"}


def test_without_a_filter_all_victims_are_concerned():
    (found,) = required(asking({"attack": "pgd", "accuracy": 0.5}, recipes=RECIPES))
    rows = summary_keys(asking(recipes=RECIPES))
    concerned = [row for row in rows if found.concerns(row)]
    assert concerned == [row for row in rows if row["attack"] == "pgd"]
    assert len({row["recipe"] for row in concerned}) > 1


def test_a_study_without_requirements_has_no_gate():
    assert gate_files(asking()) == []
    found = asking({"attack": "pgd", "accuracy": 0.5})
    assert gate_files(found) == [f"results/reports/{found.study.name}/gate.txt"]
