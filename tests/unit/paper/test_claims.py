"""Verdicts on the paper's claims follow from the numbers, whatever these are."""

import pandas as pd
import pytest

from mishear.core.statistics import wilson_interval
from mishear.paper import claims
from mishear.paper.claims import (
    ADAPTER,
    AS_DOCUMENTED,
    FALLS,
    IN_PART,
    NOT_MEASURED,
    OWN_ARGUMENTS,
    STANDS,
)

N = 200
ERROR = "RuntimeError: Input type (double) and bias type (float) should be the same"
FRAMEWORK_ERROR = "ModuleNotFoundError: No module named 'tensorflow'"


def probe(library, **components):
    """Rows of a probe; for each component what it does as documented, itself, and adapted.

    A number is the clean accuracy of a component that works, a text its error.
    """
    rows = []
    for component, outcomes in components.items():
        for usage, outcome in zip((AS_DOCUMENTED, OWN_ARGUMENTS, ADAPTER), outcomes, strict=True):
            failed = isinstance(outcome, str)
            rows.append(
                {
                    "library": library,
                    "version": "1.0",
                    "component": component,
                    "usage": usage,
                    "outcome": outcome if failed else "works",
                    "clean_accuracy": None if failed else outcome,
                    "undefended_accuracy": 0.93,
                    "n": N,
                }
            )
    return pd.DataFrame(rows)


def accuracies(*rows):
    """Of (library, defence, evaluation, attack, eps, accuracy); the clean accuracy is .93.

    Defences whose names begin with "trained" are trainings with the settings that follow.
    """
    return pd.DataFrame([_accuracy_row(*row) for row in rows], columns=claims.ACCURACY_COLUMNS)


def _accuracy_row(library, defence, evaluation, attack, eps, accuracy):
    low, high = wilson_interval(round(accuracy * N), N)
    name, _, settings = defence.partition(" ")
    settings = settings if name == "trained" else None
    return (library, defence, settings, 0.93, attack, eps, evaluation, accuracy, low, high, N)


UNDEFENDED = ("", "none", "adaptive", "pgd", 0.5, 0.05)
NOTHING = pd.DataFrame()


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ({"A": (ERROR, ERROR, 0.9), "B": (ERROR, 0.9, 0.9)}, STANDS),
        ({"A": (ERROR, ERROR, 0.9), "B": (0.9, 0.9, 0.9)}, IN_PART),
        ({"A": (0.9, 0.9, 0.9), "B": (0.9, 0.9, 0.9)}, FALLS),
    ],
)
def test_errors_of_art(outcomes, verdict):
    found = claims.art_errors(probe("ART", **outcomes))
    assert found.verdict == verdict
    assert ("double" in found.evidence) == (verdict != FALLS)


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ({"A": (ERROR, ERROR, 0.9)}, STANDS),
        ({"A": (0.9, 0.9, 0.9), "B": (FRAMEWORK_ERROR, FRAMEWORK_ERROR, 0.9)}, IN_PART),
        ({"A": (0.9, 0.9, 0.9), "B": (ERROR, ERROR, 0.9)}, FALLS),
    ],
)
def test_framework_of_art(outcomes, verdict):
    assert claims.art_framework(probe("ART", **outcomes)).verdict == verdict


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ({"A": (ERROR, 0.1, 0.2), "B": (ERROR, 0.1, ERROR)}, STANDS),
        ({"A": (ERROR, 0.1, 0.92), "B": (ERROR, 0.1, 0.2)}, IN_PART),
        ({"A": (0.1, 0.1, 0.92), "B": (0.92, 0.92, 0.92)}, IN_PART),
        ({"A": (0.91, 0.92, 0.92)}, FALLS),
    ],
)
def test_images_of_advertorch(outcomes, verdict):
    """A filter that returns at the cost of accuracy has failed as well."""
    found = claims.advertorch_images(probe("advertorch", **outcomes))
    assert found.verdict == verdict
    assert "0.930" in found.evidence


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
    found = claims.art_accuracy(accuracies(UNDEFENDED, *defended))
    assert found.verdict == verdict


def test_accuracy_behind_art_is_given_with_its_interval():
    row = ("ART", "median", "adaptive", "pgd", 0.5, 0.4)
    evidence = claims.art_accuracy(accuracies(UNDEFENDED, row)).evidence
    assert "At 0.5 dB median with 0.400 [0.33" in evidence
    assert "undefended 0.050" in evidence


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
    assert claims.other_methods(accuracies(UNDEFENDED, *rows)).verdict == verdict


def test_trainings_with_other_settings_are_not_compared():
    """Thirty epochs beat ten, whoever trains."""
    rows = [
        ("mishear", "trained long", "adaptive", "pgd", 0.5, 0.95),
        ("ART", "trained short", "adaptive", "pgd", 0.5, 0.8),
    ]
    assert claims.other_methods(accuracies(UNDEFENDED, *rows)).verdict == NOT_MEASURED
    alike = ("mishear", "trained short", "adaptive", "pgd", 0.5, 0.81)
    found = claims.other_methods(accuracies(UNDEFENDED, *rows, alike))
    assert found.verdict == FALLS
    assert "trained short with 0.810" in found.evidence
    assert "trained long with 0.950" in found.evidence


def test_other_methods_need_both_sides_under_adaptive_attack():
    one_side = [("mishear", "trained alike", "adaptive", "pgd", 0.5, 0.8)]
    assert claims.other_methods(accuracies(UNDEFENDED, *one_side)).verdict == NOT_MEASURED
    transfer = ("ART", "trained alike", "transfer", "pgd", 0.5, 0.7)
    assert claims.other_methods(accuracies(UNDEFENDED, *one_side, transfer)).verdict == NOT_MEASURED


def test_nothing_measured_is_said_of_every_claim():
    found = claims.verdicts(NOTHING, NOTHING)
    assert [verdict.verdict for verdict in found] == [NOT_MEASURED] * 5
    assert len({verdict.claim.text for verdict in found}) == 5


def test_evidence_is_one_line_of_sentences():
    both = pd.concat([probe("ART", A=(ERROR, 0.9, 0.9)), probe("advertorch", B=(ERROR, 0.1, 0.92))])
    rows = [
        ("ART", "trained alike", "adaptive", "pgd", 0.5, 0.4),
        ("mishear", "trained alike", "adaptive", "pgd", 0.5, 0.8),
    ]
    for verdict in claims.verdicts(both, accuracies(UNDEFENDED, *rows)):
        assert verdict.verdict != NOT_MEASURED
        assert "\n" not in verdict.evidence
        assert verdict.evidence.endswith((".", ".)"))
