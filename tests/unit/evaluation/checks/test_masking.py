"""Gradients are masked where no attack on a defence can be trusted."""

import pytest

from mishear.evaluation.checks.findings import (
    CHANGES_LITTLE,
    FINDS_PLANTED,
    NO_WEAKER,
    REACHES_ZERO,
    TRANSFER,
)
from mishear.evaluation.checks.masking import masks_gradients
from mishear.evaluation.checks.runs import BLACK_BOX, ONE_STEP
from mishear.evaluation.checks.verdicts import Finding

SOUNDLY, FAILS = "no failure found", "failure"


def verdict(check, value):
    return Finding(check, value, 20, "")


@pytest.mark.parametrize(
    ("found", "masks"),
    [
        ({}, False),
        (
            {
                "pgd": [
                    verdict(REACHES_ZERO, SOUNDLY),
                    verdict(NO_WEAKER[BLACK_BOX], SOUNDLY),
                ]
            },
            False,
        ),
        (
            {
                "pgd": [
                    verdict(REACHES_ZERO, FAILS),
                    verdict(NO_WEAKER[BLACK_BOX], SOUNDLY),
                ]
            },
            True,
        ),
        ({"pgd": [verdict(REACHES_ZERO, SOUNDLY), verdict(TRANSFER, FAILS)]}, True),
        (
            {
                "fgsm": [
                    verdict(REACHES_ZERO, "not applicable"),
                    verdict(NO_WEAKER[ONE_STEP], FAILS),
                ]
            },
            False,
        ),
        (
            {
                "pgd": [
                    verdict(REACHES_ZERO, SOUNDLY),
                    verdict(CHANGES_LITTLE, FAILS),
                ]
            },
            False,
        ),
        (
            {
                "pgd": [verdict(REACHES_ZERO, FAILS)],
                "apgd": [verdict(REACHES_ZERO, SOUNDLY)],
            },
            False,
        ),
        ({"pgd": [verdict(REACHES_ZERO, "cannot tell")]}, False),
        (
            {
                "pgd": [verdict(NO_WEAKER[BLACK_BOX], FAILS)],
                "cw": [
                    verdict(REACHES_ZERO, SOUNDLY),
                    verdict(NO_WEAKER[BLACK_BOX], "not applicable"),
                ],
            },
            True,
        ),
        (
            {
                "pgd": [
                    verdict(NO_WEAKER[BLACK_BOX], SOUNDLY),
                    verdict(FINDS_PLANTED, FAILS),
                ]
            },
            True,
        ),
        (
            {
                "pgd": [verdict(REACHES_ZERO, FAILS)],
                "fgsm": [verdict(REACHES_ZERO, "not applicable")],
            },
            True,
        ),
    ],
)
def test_a_defence_masks_gradients_if_no_attack_on_it_can_be_trusted(found, masks):
    assert masks_gradients(found) is masks
