"""Shared wording."""

import math

from mishear.report.drawing.words import changed, intervals, limit


def test_a_limit_in_words():
    assert limit(0.5, "dB") == "eps 0.5 dB"
    assert limit(math.inf, "dB") == "no limit on the change"


def test_the_input_is_named_whatever_it_is():
    assert [changed(domain) for domain in ("spectrogram", "waveform")] == ["input", "waveform"]


def test_intervals_are_named_for_what_they_are():
    assert intervals(5) == "Bands: 95 % intervals over 5 victims and the test recordings."
    assert intervals(1, "Bars").startswith("Bars: 95 % intervals of one victim each;")
