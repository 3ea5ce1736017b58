"""Verdicts on all claims."""

import pandas as pd

from mishear.paper.claims import NOT_MEASURED
from mishear.paper.verdicts import verdicts
from tests.unit.paper.test_defence_claims import trained
from tests.unit.paper.test_library_claims import ERROR, probe

NOTHING = pd.DataFrame()


def test_nothing_measured_is_said_of_every_claim():
    found = verdicts(NOTHING, NOTHING)
    assert [verdict.verdict for verdict in found] == [NOT_MEASURED] * 5
    assert len({verdict.claim.text for verdict in found}) == 5


def test_evidence_is_one_line_of_sentences():
    both = pd.concat([probe("ART", A=(ERROR, 0.9, 0.9)), probe("advertorch", B=(ERROR, 0.1, 0.92))])
    for verdict in verdicts(both, trained((0.8, 0.3), (0.4, 0.1))):
        assert verdict.verdict != NOT_MEASURED
        assert "\n" not in verdict.evidence
        assert verdict.evidence.endswith((".", ".)"))
