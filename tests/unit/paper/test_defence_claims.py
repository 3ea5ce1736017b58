"""Verdicts on what defences achieve follow from their accuracies."""

import numpy as np
import pandas as pd
import pytest

from mishear.core.statistics import wilson_interval
from mishear.paper.claims import CANNOT_TELL, FALLS, IN_PART, NOT_MEASURED, STANDS
from mishear.paper.defence_claims import ACCURACY_COLUMNS, art_accuracy, other_methods

N = 200
UNDEFENDED_ACCURACY = 0.05


def accuracies(*rows):
    """Of (library, defence, evaluation, attack, eps, accuracy); the clean accuracy is .93."""
    return pd.DataFrame([_accuracy_row(*row) for row in rows], columns=ACCURACY_COLUMNS)


def trained(own, other, low=-0.02, high=0.02):
    """Two trainings at two eps under PGD and a weaker FGSM; the interval of what ART's gains."""
    rows = [
        (library, name, "adaptive", attack, eps, accuracy + more)
        for library, name, found in (("mishear", "ours", own), ("ART", "theirs", other))
        for eps, accuracy in zip((0.5, 2.0), found, strict=True)
        for attack, more in (("fgsm", 0.01), ("pgd", 0.0))
    ]
    table = accuracies(UNDEFENDED, *rows)
    gains = dict(zip((0.5, 2.0), np.subtract(other, own), strict=True))
    art = table.library == "ART"
    table.loc[art, "counterpart"] = "ours"
    table.loc[art, "gain"] = table.eps.map(gains)
    return table.assign(gain_low=table.gain + low, gain_high=table.gain + high)


def _accuracy_row(library, defence, evaluation, attack, eps, accuracy):
    low, high = wilson_interval(round(accuracy * N), N)
    place = (library, defence, None, 0.93, attack, eps, evaluation)
    differences = [
        value + side
        for value in (accuracy - UNDEFENDED_ACCURACY, accuracy - 0.93)
        for side in (0, -0.02, 0.02)
    ]
    return (*place, accuracy, low, high, *differences, np.nan, np.nan, np.nan, N)


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
        ((0.3, 0.02), (0.9, 0.02), FALLS),
    ],
)
def test_other_methods(own, other, verdict):
    assert other_methods(trained(own, other)).verdict == verdict


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(-0.02, 0.02, STANDS), (-0.2, 0.2, CANNOT_TELL), (-0.05, 0.05, CANNOT_TELL)],
)
def test_trainings_are_compared_by_the_paired_difference(low, high, verdict):
    """Wilson's intervals of .80 and .76 overlap; a wide difference is no sign of being as good."""
    found = other_methods(trained((0.8, 0.8), (0.76, 0.76), low, high))
    assert found.verdict == verdict
    paired = f"-0.040 [{low - 0.04:+.3f}, {high - 0.04:+.3f}], paired."
    assert f"theirs with 0.760 [0.696, 0.814] by ART, {paired}" in found.evidence


def test_trainings_are_compared_under_the_attack_that_leaves_the_two_the_least():
    evidence = other_methods(trained((0.8, 0.5), (0.3, 0.02))).evidence
    assert "at 0.5 dB under pgd ours with 0.800" in evidence
    assert "under fgsm" not in evidence


def test_a_training_without_a_counterpart_is_not_compared():
    """Thirty epochs beat ten, whoever trains."""
    found = trained((0.95, 0.9), (0.8, 0.7))
    for missing in ({"counterpart": np.nan}, {"gain": np.nan}, {"counterpart": "another"}):
        assert other_methods(found.assign(**missing)).verdict == NOT_MEASURED


def test_other_methods_need_both_sides_under_adaptive_attack():
    both = trained((0.8, 0.5), (0.3, 0.02))
    assert other_methods(both[both.library != "ART"]).verdict == NOT_MEASURED
    assert other_methods(both[both.library != "mishear"]).verdict == NOT_MEASURED
    transfer = both.assign(evaluation=both.evaluation.where(both.library != "ART", "transfer"))
    assert other_methods(transfer).verdict == NOT_MEASURED
