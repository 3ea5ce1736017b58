"""Verdicts on ART and advertorch follow from what their components did."""

import pandas as pd
import pytest

from mishear.libraries.probe_terms import ADAPTER, AS_DOCUMENTED, OWN_ARGUMENTS
from mishear.paper.claims import CANNOT_TELL, FALLS, IN_PART, STANDS
from mishear.paper.library_claims import advertorch_images, art_errors, art_framework

N = 200
HALF = 0.02
"""Half the width of the interval of a loss."""
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
                    "loss": None if failed else outcome - 0.93,
                    "loss_low": None if failed else outcome - 0.93 - HALF,
                    "loss_high": None if failed else outcome - 0.93 + HALF,
                    "undefended_accuracy": 0.93,
                    "n": N,
                }
            )
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ({"A": (ERROR, ERROR, 0.9), "B": (ERROR, 0.9, 0.9)}, STANDS),
        ({"A": (ERROR, ERROR, 0.9), "B": (0.9, 0.9, 0.9)}, IN_PART),
        ({"A": (0.9, 0.9, 0.9), "B": (0.9, 0.9, 0.9)}, FALLS),
    ],
)
def test_errors_of_art(outcomes, verdict):
    found = art_errors(probe("ART", **outcomes))
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
    assert art_framework(probe("ART", **outcomes)).verdict == verdict


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ({"A": (ERROR, 0.1, 0.2), "B": (ERROR, 0.1, ERROR)}, STANDS),
        ({"A": (ERROR, 0.1, 0.92), "B": (ERROR, 0.1, 0.2)}, IN_PART),
        ({"A": (0.1, 0.1, 0.92), "B": (0.92, 0.92, 0.92)}, IN_PART),
        ({"A": (0.91, 0.92, 0.92)}, FALLS),
        # .89 may be within .05 of .93 or not.
        ({"A": (0.89, 0.92, 0.92)}, CANNOT_TELL),
        ({"A": (0.89, 0.1, 0.92), "B": (0.1, 0.1, 0.2)}, IN_PART),
        ({"A": (ERROR, 0.1, 0.89), "B": (ERROR, 0.1, 0.2)}, CANNOT_TELL),
    ],
)
def test_images_of_advertorch(outcomes, verdict):
    """A filter that returns at the cost of accuracy has failed as well."""
    found = advertorch_images(probe("advertorch", **outcomes))
    assert found.verdict == verdict
    assert "0.930" in found.evidence


def test_a_wide_interval_keeps_no_accuracy():
    tried = probe("advertorch", A=(ERROR, 0.92, 0.92), B=(ERROR, 0.1, 0.2))
    assert "Mishear's adapter, 1 of 2 do (best: A, 0.920, a difference of -0.010 [-0.030" in (
        advertorch_images(tried).evidence
    )
    wide = tried.assign(loss_low=tried.loss - 0.1, loss_high=tried.loss + 0.1)
    found = advertorch_images(wide)
    assert found.verdict == CANNOT_TELL
    assert "repaired, 0 of 2 do, which cannot be told of 1. " in found.evidence
    assert found.evidence.endswith("adapter, 0 of 2 do, which cannot be told of 1.")
