"""The section `transfer`: which sources and attacks it takes."""

import pytest

from tests.unit.config.changes import assert_refused, put


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"attacks": []}, ["transfer.attacks"]),
        ({"attacks": ["fgms"]}, ["transfer.attacks", "'fgms'", "did you mean 'fgsm'"]),
        ({"attacks": ["fgsm"], "sources": ["mel64"]}, ["transfer.sources"]),
        ({"attacks": ["fgsm"], "sources": ["a/b/../c"]}, ["transfer.sources"]),
        ({"attacks": ["fgsm"], "sources": ["a/b/c", "a/b/c"]}, ["given more than once: a/b/c"]),
        ({"sources": ["a/b/c"]}, ["transfer.attacks"]),
    ],
)
def test_a_mistake_is_named_with_its_key(raw, section, said):
    assert_refused(raw, put("transfer", section), said)


def test_an_attack_that_keeps_no_inputs_cannot_be_transferred(raw):
    raw["attacks"]["late"] = {"class": "LinfPGD", "eps": [1.0], "after": ["pgd"]}
    change = put("transfer", {"attacks": ["late"]})
    assert_refused(raw, change, ["transfer.attacks: 'late' continues other attacks"])
