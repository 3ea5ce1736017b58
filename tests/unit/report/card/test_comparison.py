"""Two studies are compared where they are alike, paired where they can be."""

import pytest

from mishear.core.errors import UserError
from mishear.core.statistics import paired_difference
from mishear.report.card.comparison import compare_studies
from mishear.report.card.pairing import read_pair
from tests.unit.report.card.conftest import studied
from tests.unit.report.card.studies import invent


@pytest.fixture
def two(tmp_path):
    return [
        invent(tmp_path / name, studied(), share).study for name, share in (("a", 0.3), ("b", 0.9))
    ]


def test_differences_are_paired_over_recordings(two):
    found = compare_studies(*two)
    # The clean accuracy of a victim once, three attacks, two severities.
    quantities = [each.quantity for each in found.compared]
    assert quantities == ["clean_accuracy", *["accuracy"] * 5]
    assert not any(each.cause for each in found.compared)
    first = found.compared[1]
    pair = read_pair(*((study, study.card.results[0]) for study in two))
    ours, theirs = pair.correct("correct_adversarial")
    expected = paired_difference(theirs, ours)
    value = first.difference
    assert (value.value, value.low, value.high) == expected
    assert first.difference.low > 0


def test_a_study_does_not_differ_from_itself(two):
    for each in compare_studies(two[0], two[0]).compared:
        assert each.difference.value == 0
        assert each.difference.low < 0 < each.difference.high


def test_the_other_way_round_the_signs_change(two):
    there, back = compare_studies(*two), compare_studies(*reversed(two))
    for one, other in zip(there.compared, back.compared, strict=True):
        assert one.difference.value == pytest.approx(-other.difference.value)
        assert one.difference.low == pytest.approx(-other.difference.high)


def test_without_the_tables_the_interval_is_independent_and_wider(two):
    paired = compare_studies(two[0], two[0]).compared[1]
    for table in two[1].card.results[0].tables:
        (two[1].folder / table.path).unlink()
    found = compare_studies(*two).compared[1]
    assert "does not exist" in found.reason
    width = found.difference.high - found.difference.low
    assert width > paired.difference.high - paired.difference.low


def test_an_attack_that_differs_is_refused_and_the_others_are_compared(two, tmp_path):
    attack = {"class": "LinfPGD", "params": {"steps": 7}, "eps": [0.5, 1]}
    other = invent(tmp_path / "c", studied(attacks={"pgd": attack})).study
    found = compare_studies(two[0], other)
    assert len(found.refused) == 2
    assert {each.result.corruption for each in found.compared} == {None, "babble"}


def test_another_definition_of_the_same_name_is_said(two, tmp_path):
    assert compare_studies(*two).notes == []
    other = invent(tmp_path / "c", studied(recipes={"standard": {"epochs": 7}})).study
    (note,) = compare_studies(two[0], other).notes
    assert note.startswith("recipes.standard is defined differently: epochs (")
    assert note.endswith(" in A, 7 in B).")


def test_other_data_is_refused_altogether(two, tmp_path):
    other = invent(tmp_path / "c", studied(), labels=["x", "y"]).study
    with pytest.raises(UserError, match="These differ:\n  - the test recordings"):
        compare_studies(two[0], other)


def test_only_victims_are_compared_in_spite_of_their_names(two, tmp_path):
    config = studied(recipes={"robust": {}})
    other = invent(tmp_path / "c", config).study
    found = compare_studies(two[0], other)
    assert found.renamed
    assert len(found.compared) == 6


def test_with_several_victims_names_count(tmp_path):
    studies = [
        invent(tmp_path / name, studied(recipes={name: {}, f"{name}2": {}})).study
        for name in ("a", "b")
    ]
    with pytest.raises(UserError, match="nothing in common"):
        compare_studies(*studies)
