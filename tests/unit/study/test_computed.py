"""Every result of a study about victims is among what records how it was computed."""

from mishear.core.tables.shared import SETTING_KEYS
from mishear.study.computed import computed, computed_corrupted
from mishear.study.plan import Plan
from tests.unit.study.configs import PLAIN, config


def test_victims_evaluations_and_checks_are_found_once_each():
    plan = Plan(config(PLAIN))
    found = computed(plan)
    kinds = {each.kind for each in found}
    assert {"victims", "evaluations", "checks"} <= kinds
    assert len({each.path for each in found}) == len(found)
    assert sum(each.kind == "evaluations" for each in found) == len(plan.evaluations)
    assert all({*SETTING_KEYS, "kind"} == each.keys.keys() for each in found)


def test_corrupted_recordings_are_evaluations_of_several_severities():
    plan = Plan(config(PLAIN, corruptions={"babble": {"class": "Babble"}}))
    study = plan.config.study.model_copy(update={"corruptions": ["babble"]})
    plan = Plan(plan.config.model_copy(update={"study": study}))
    found = computed_corrupted(plan)
    assert {each.kind for each in found} == {"evaluations"}
    assert [each.path for each in found] == [each.results for each in plan.corrupted]
