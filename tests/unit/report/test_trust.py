"""How far numbers can be trusted."""

from dataclasses import replace

import pandas as pd
import pytest

from mishear.core.tables.checks import CHECKS
from mishear.report.trust import trust
from tests.unit.conftest import MACHINE, SETTING
from tests.unit.report.test_headline import measurement


@pytest.fixture
def said(study):
    """A function that says how far results with some checks can be trusted."""

    def told(*checks, n=1000, seeds=(0,)):
        rows = [measurement(0.5, 0.3) | SETTING | {"n": n, "evaluation": "adaptive"}]
        found = pd.DataFrame(checks, columns=list(CHECKS.names))
        computed = [
            SETTING
            | {name: str(value) for name, value in MACHINE.items()}
            | {"kind": "victims", "count": 1}
        ]
        tables = type("AllOfOneSetting", (), {})()
        tables.measurements, tables.corruptions = pd.DataFrame(rows), pd.DataFrame({"n": []})
        tables.checks, tables.environments = found, pd.DataFrame(computed)
        tables.of = lambda _: tables
        settings = tuple(replace(place, seeds=seeds) for place in study.settings)
        return " ".join(trust(replace(study, seeds=seeds, settings=settings), tables))

    return told


def checked(verdict, attack="pgd"):
    row = dict.fromkeys(CHECKS.names) | SETTING | {"recipe": "standard", "defence": "none"}
    return row | {"attack": attack, "check": "no weaker than one step", "verdict": verdict}


def test_a_single_seed_and_few_recordings_are_said(said):
    assert "Each network was trained once" in said()
    assert "trained 3 times" in said(seeds=(0, 1, 2))
    assert "With 20 test recordings" in said(n=20)
    assert "recordings the intervals" not in said()


def test_attacks_that_were_not_checked_or_fail_are_said(said):
    assert "No check of the attacks was run" in said()
    text = said(checked("failure", "cw"), checked("no failure found"), checked("cannot tell"))
    assert "3 checks" in text and "1 found a fault (cw); 1 could not tell" in text
    assert "none found a fault" in said(checked("no failure found"))
