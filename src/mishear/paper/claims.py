"""Claims of the paper, and verdicts on them; no verdict is fixed."""

from dataclasses import dataclass
from typing import Literal

Judgement = Literal["stands", "stands in part", "does not stand", "cannot tell", "not measured"]
STANDS: Judgement = "stands"
IN_PART: Judgement = "stands in part"
FALLS: Judgement = "does not stand"
CANNOT_TELL: Judgement = "cannot tell"
NOT_MEASURED: Judgement = "not measured"


MARGIN = 0.05
"""How far below another an accuracy may lie, with certainty, to count as no lower."""


@dataclass(frozen=True)
class Claim:
    """A claim of the paper in our words, and its place in the paper."""

    text: str
    place: str


@dataclass(frozen=True)
class Verdict:
    """What a run says to a claim.

    Attributes
    ----------
    evidence
        Sentences with the numbers.
    """

    claim: Claim
    verdict: Judgement
    evidence: str


def not_measured(claim: Claim) -> Verdict:
    """Return the verdict on a claim that the study says nothing about."""
    return Verdict(claim, NOT_MEASURED, "Not part of this study.")
