"""Shared wording."""

import math

from mishear.report.drawing.words import limit


def test_a_limit_in_words():
    assert limit(0.5) == "eps 0.5 dB"
    assert limit(math.inf) == "no limit on the change"
