"""Verdicts on what defences achieve follow from their accuracies."""

import pandas as pd
import pytest

from mishear.core.statistics import wilson_interval
from mishear.paper.claims import CANNOT_TELL, FALLS, IN_PART, NOT_MEASURED, STANDS
from mishear.paper.defence_claims import ACCURACY_COLUMNS, art_accuracy, other_methods

N = 200
UNDEFENDED_ACCURACY = 0.05


def accuracies(*rows):
    """Of (library, defence, evaluation, attack, eps, accuracy); the clean accuracy is .93.

    Defences whose names begin with "trained" are trainings with the settings that follow.
    """
    return pd.DataFrame([_accuracy_row(*row) for row in rows], columns=ACCURACY_COLUMNS)


def _accuracy_row(library, defence, evaluation, attack, eps, accuracy):
    low, high = wilson_interval(round(accuracy * N), N)
    name, _, settings = defence.partition(" ")
    settings = settings if name == "trained" else None
    place = (library, defence, settings, 0.93, attack, eps, evaluation)
    differences = [
        value + side
        for value in (accuracy - UNDEFENDED_ACCURACY, accuracy - 0.93)
        for side in (0, -0.02, 0.02)
    ]
    return (*place, accuracy, low, high, *differences, N)


UNDEFENDED = ("", "none", "adaptive", "pgd", 0.5, UNDEFENDED_ACCURACY)


@pytest.mark.parametrize(
    ("defended", "verdict"),
    [
        ([("ART", "median", "adaptive", "pgd", 0.5, 0.06)], STANDS),
        ([("ART", "median", "adaptive", "pgd", 0.5, 0.4)], IN_PART),
        ([("ART", "trained", "adaptive", "pgd", 0.5, 0.91)], FALLS),
        # What only a transferred attack fails against is not known to withstand.
        ([("ART", "jpeg", "transfer", "pgd", 0.5, 0.91)], NOT_MEASURED),
        ([("ART", "jpeg", "transfer", "pgd", 0.5, 0.06)], STANDS),
        (
            [
                ("ART", "jpeg", "transfer", "pgd", 0.5, 0.91),
                ("ART", "jpeg", "adaptive", "pgd", 0.5, 0.05),
            ],
            STANDS,
        ),
        # The attack that leaves least counts.
        (
            [
                ("ART", "jpeg", "adaptive", "fgsm", 0.5, 0.91),
                ("ART", "jpeg", "adaptive", "pgd", 0.5, 0.05),
            ],
            STANDS,
        ),
        ([("advertorch", "median", "adaptive", "pgd", 0.5, 0.91)], NOT_MEASURED),
        ([("ART", "median", "adaptive", "pgd", 2.0, 0.4)], NOT_MEASURED),
    ],
)
def test_accuracy_behind_art(defended, verdict):
    found = art_accuracy(accuracies(UNDEFENDED, *defended))
    assert found.verdict == verdict


def test_accuracy_behind_art_is_given_with_its_interval():
    row = ("ART", "median", "adaptive", "pgd", 0.5, 0.4)
    evidence = art_accuracy(accuracies(UNDEFENDED, row)).evidence
    assert "At 0.5 dB median with 0.400 [0.33" in evidence
    assert "undefended 0.050; paired difference under pgd +0.350 [+0.330, +0.370]" in evidence


def test_a_wide_interval_restores_nothing():
    row = ("ART", "median", "adaptive", "pgd", 0.5, 0.91)
    wide = accuracies(UNDEFENDED, row).assign(loss_low=-0.2, loss_high=0.1)
    found = art_accuracy(wide)
    assert found.verdict == CANNOT_TELL
    assert found.evidence.endswith("within 0.05 of the clean accuracy cannot be told.")
    far = accuracies(UNDEFENDED, row).assign(loss_low=-0.2, loss_high=-0.06)
    assert art_accuracy(far).verdict == IN_PART


def test_what_is_not_paired_is_not_compared():
    row = ("ART", "median", "adaptive", "pgd", 0.5, 0.4)
    unpaired = accuracies(UNDEFENDED, row).assign(difference=float("nan"))
    assert art_accuracy(unpaired).verdict == NOT_MEASURED


@pytest.mark.parametrize(
    ("own", "other", "verdict"),
    [
        ((0.8, 0.5), (0.3, 0.02), STANDS),
        ((0.8, 0.02), (0.3, 0.02), IN_PART),
        ((0.3, 0.02), (0.3, 0.02), FALLS),
    ],
)
def test_other_methods(own, other, verdict):
    rows = [
        (library, "trained alike", "adaptive", "pgd", eps, accuracy)
        for library, found in (("mishear", own), ("ART", other))
        for eps, accuracy in zip((0.5, 2.0), found, strict=True)
    ]
    assert other_methods(accuracies(UNDEFENDED, *rows)).verdict == verdict


def test_trainings_with_other_settings_are_not_compared():
    """Thirty epochs beat ten, whoever trains."""
    rows = [
        ("mishear", "trained long", "adaptive", "pgd", 0.5, 0.95),
        ("ART", "trained short", "adaptive", "pgd", 0.5, 0.8),
    ]
    assert other_methods(accuracies(UNDEFENDED, *rows)).verdict == NOT_MEASURED
    alike = ("mishear", "trained short", "adaptive", "pgd", 0.5, 0.81)
    found = other_methods(accuracies(UNDEFENDED, *rows, alike))
    assert found.verdict == FALLS
    assert "trained short with 0.810" in found.evidence
    assert "trained long with 0.950" in found.evidence


def test_other_methods_need_both_sides_under_adaptive_attack():
    one_side = [("mishear", "trained alike", "adaptive", "pgd", 0.5, 0.8)]
    assert other_methods(accuracies(UNDEFENDED, *one_side)).verdict == NOT_MEASURED
    transfer = ("ART", "trained alike", "transfer", "pgd", 0.5, 0.7)
    assert other_methods(accuracies(UNDEFENDED, *one_side, transfer)).verdict == NOT_MEASURED
