"""The section `targeted`: which attacks can aim at every class."""

import pytest

from tests.unit.config.changes import assert_refused, put


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"attacks": []}, ["targeted.attacks"]),
        ({"attacks": ["fgms"]}, ["targeted.attacks", "'fgms'", "did you mean 'fgsm'"]),
        ({"attacks": ["fgsm"], "recordings": 0}, ["targeted.recordings"]),
    ],
)
def test_a_mistake_is_named_with_its_key(raw, section, said):
    assert_refused(raw, put("targeted", section), said)


@pytest.mark.parametrize("more", [{"after": ["pgd"]}, {"universal": True}])
def test_an_attack_that_cannot_be_aimed_anew_is_refused(raw, more):
    raw["attacks"]["late"] = {"class": "LinfPGD", "eps": [1.0]} | more
    assert_refused(raw, put("targeted", {"attacks": ["late"]}), ["targeted.attacks: 'late'"])
