"""Claims and verdicts."""

from mishear.paper.claims import NOT_MEASURED, Claim, not_measured


def test_a_claim_that_nothing_speaks_to_is_not_measured():
    claim = Claim("The moon is cheese.", "Conclusion")
    found = not_measured(claim)
    assert (found.claim, found.verdict) == (claim, NOT_MEASURED)
    assert found.evidence == "Not part of this study."
