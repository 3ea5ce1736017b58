"""A study that has everything that a card tells."""

import pytest

from tests.unit.report.card.studies import invent
from tests.unit.study.configs import PLAIN, config

CORRUPTIONS = {"babble": {"class": "Babble", "severities": [20, 5]}}
REQUIRED = [
    {"attack": "pgd", "eps": 0.5, "accuracy": 0.7},
    {"corruption": "babble", "severity": 1, "accuracy": 0.2},
    {"clean_accuracy": 0.9},
]


def studied(**changes):
    """A config with two attacks, a corruption and requirements."""
    given = {"corruptions": CORRUPTIONS} | changes
    found = config(given.pop("recipes", PLAIN), **given)
    study = found.study.model_copy(update={"corruptions": ["babble"], "attacks": ["pgd", "cw"]})
    return found.model_copy(update={"study": study})


@pytest.fixture
def invented(tmp_path):
    return invent(tmp_path / "study", studied(require=REQUIRED))
