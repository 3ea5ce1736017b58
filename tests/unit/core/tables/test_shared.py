"""Columns that stand in several tables."""

from mishear.core.tables.shared import SETTING_KEYS, VICTIM_KEYS, accuracy
from mishear.study.evaluations import Victim


def test_a_victim_is_told_by_the_fields_of_the_plan():
    assert tuple(Victim.__dataclass_fields__) == VICTIM_KEYS
    assert VICTIM_KEYS[: len(SETTING_KEYS)] == SETTING_KEYS


def test_an_accuracy_has_limits():
    names = [column.name for column in accuracy("clean_accuracy", "Accuracy.", "clean", True)]
    assert names == ["clean_accuracy", "clean_low", "clean_high"]
    assert all(column.optional for column in accuracy("retained", "Retained.", optional=True))
    assert accuracy("retained", "Retained.")[1].name == "retained_low"
