"""What a study combines to victims is in its lists, and every list is used."""

import pytest

from tests.unit.config.changes import assert_refused, loaded, put


@pytest.mark.parametrize(
    ("victims", "said"),
    [
        ([{"networks": ["m5"]}], ["study.victims[0].networks: m5 is not in study.networks"]),
        ([{"seeds": [9]}], ["study.victims[0].seeds: 9 is not in study.seeds"]),
        ([{"seeds": [0]}], ["study.seeds: 1 is in none of study.victims"]),
        ([{"recipes": ["standard"]}], ["study.recipes: noise is in none of study.victims"]),
        ([], ["study.victims", "at least 1 item"]),
        (
            [{"seeds": [0, 1, 2]}, {"recipes": ["standard"]}],
            ["study.victims[1].recipes: network 'paper-cnn' has other recipes"],
        ),
    ],
)
def test_what_does_not_fit_is_named(raw, victims, said):
    assert_refused(raw, put("study/victims", victims), said)


def test_all_lists_used_in_several_combinations(raw):
    victims = [{"seeds": [0, 1]}, {"seeds": [2]}]
    assert len(loaded(raw, "study/victims", victims).study.victims) == 2
