"""A study chooses among names and seeds that can be used."""

import pytest

from tests.unit.config.changes import assert_refused, loaded, put


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("study/name", "../up"), ["study.name", "'../up'", "not a name"]),
        (put("study/seeds", [-1]), ["study.seeds.0", "-1"]),
        (put("study/seeds", []), ["study.seeds", "1 item"]),
        (put("study/recipes", []), ["study.recipes", "needs a recipe"]),
        (put("study/attacks", ["pgd", "pgd"]), ["study.attacks", "more than once: pgd"]),
        (put("study/evaluation", []), ["study.evaluation", "1 item"]),
        (put("study/evaluation", ["adaptiv"]), ["study.evaluation.0", "'adaptiv'", "'adaptive'"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)


def test_a_study_may_have_no_attacks(raw):
    assert loaded(raw, "study/attacks", []).study.attacks == []
