"""The gate: lower ends of intervals against what is required."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.card.parts import CheckOfCard
from mishear.core.errors import UserError
from mishear.report.requirements import check_gate, judge
from mishear.study.requirements import Required
from tests.unit.report.card.conftest import REQUIRED, studied
from tests.unit.report.card.studies import invent

PLACE = {"corpus": "a", "front_end": "mel", "network": "net", "recipe": "r", "defence": "none"}


def row(accuracy=0.8, low=0.7, **changes):
    found = PLACE | {"attack": "pgd", "eps": 0.5, "evaluation": "adaptive", "n": 100, "seeds": 1}
    found |= {"corruption": None, "severity": None, "accuracy": accuracy, "ci_low": low}
    found |= {"ci_high": 0.9, "clean_accuracy": 0.95, "clean_low": 0.93, "clean_high": 0.97}
    return found | changes


def asked(at_least, quantity="accuracy", **chosen):
    chosen = chosen or ({"attack": ("pgd",)} if quantity == "accuracy" else {})
    return Required("study.require[0]", quantity, at_least, chosen)


@given(st.floats(0, 1), st.floats(0.001, 1))
def test_the_lower_end_decides(low, at_least):
    (found,) = judge([asked(at_least)], [row(low=low)])
    assert found.passed == (low >= at_least)
    assert ("below" in found.message) == (not found.passed)


def test_a_shortfall_is_named_with_its_size_and_place():
    (found,) = judge([asked(0.75)], [row(low=0.7)])
    assert found.message == (
        "study.require[0]: pgd, eps 0.5; net on a, mel, recipe r, defence none, adaptive: accuracy "
        "0.800, 95 % interval 0.700 to 0.900 (n = 100); the lower end is 0.050 below the required "
        "0.75."
    )


def test_a_shortfall_that_rounds_to_nothing_is_still_named():
    (found,) = judge([asked(0.7)], [row(low=0.69998)])
    assert "2e-05 below" in found.message


def test_each_row_is_judged_and_others_are_not():
    rows = [row(eps=0.5), row(eps=1, low=0.1), row(attack="fgsm")]
    found = judge([asked(0.5, attack=("pgd",))], rows)
    assert [each.passed for each in found] == [True, False]


def test_what_is_not_a_number_fails():
    nan = float("nan")
    (found,) = judge([asked(0.1)], [row(accuracy=nan, low=nan)])
    assert not found.passed
    assert "not a number" in found.message


def test_clean_accuracy_is_judged_once_a_victim_at_its_lowest():
    rows = [row(), row(eps=1, clean_low=0.9), row(eps=2), row(recipe="other")]
    found = judge([asked(0.92, "clean_accuracy")], rows)
    assert [(each.recipe, each.passed) for each in found] == [("r", False), ("other", True)]
    assert found[0].evaluation is None


def test_a_requirement_on_nothing_is_an_error():
    with pytest.raises(UserError, match="no evaluation of this kind"):
        judge([asked(0.1, attack=("cw",))], [row()])


def test_the_gate_names_all_that_failed_and_the_report(tmp_path):
    card = invent(tmp_path, studied(require=[*REQUIRED, {"attack": "cw", "accuracy": 0.99}])).card
    with pytest.raises(UserError) as error:
        check_gate(card, "the/report.html")
    text = str(error.value)
    assert text.startswith("2 of 4 requirements are not met:\n  - study.require[0]: pgd, eps 0.5")
    assert "study.require[3]: cw, eps inf" in text
    assert text.endswith("The report is written: the/report.html")


def test_the_gate_says_what_is_met(tmp_path):
    card = invent(tmp_path, studied(require=REQUIRED[1:])).card
    text = check_gate(card, "the/report.html")
    assert text.startswith("All 2 requirements are met.\nstudy.require[0]: babble, severity 1")


def test_the_gate_names_attacks_that_failed_a_check(tmp_path):
    card = invent(tmp_path, studied(require=REQUIRED[1:])).card
    met = card.requirements[0]
    victim = {name: getattr(met, name) for name in ("corpus", "front_end", "network", "recipe")}
    given = {"seed": 0, "fold": None, "check": "c", "n": 20, "evidence": "e", "p": 0.01}
    check = CheckOfCard(**victim, **given, defence=met.defence, attack="pgd", verdict="failure")
    text = check_gate(card.model_copy(update={"checks": [check]}), "the/report.html")
    assert "failed a check" in text
    assert f"  - pgd on {met.network}, recipe {met.recipe}, defence {met.defence}\n" in text
    other = check.model_copy(update={"recipe": "another"})
    assert "failed" not in check_gate(card.model_copy(update={"checks": [other]}), "r")
    fine = check.model_copy(update={"verdict": "no failure found"})
    assert "failed" not in check_gate(card.model_copy(update={"checks": [fine]}), "r")
