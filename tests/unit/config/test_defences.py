"""A defence is a class or a chain of others."""

import pytest

from tests.unit.config.changes import assert_refused, put

MEDIAN = {"class": "MedianSmoothing"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("defences", {"a": {"chain": []}}), ["defences.a.chain", "1 item"]),
        (
            put("defences", {"m": MEDIAN, "a": {"chain": ["m", "m"]}}),
            ["defences.a.chain", "more than once: m"],
        ),
        (put("defences", {"a": {**MEDIAN, "chain": ["b"]}}), ["defences.a", "'class' or 'chain'"]),
        (put("defences", {"a": {}}), ["defences.a", "'class' or 'chain'"]),
        (
            put("defences", {"m": MEDIAN, "a": {"chain": ["m"], "params": {"size": 3}}}),
            ["defences.a", "'params' belong to a 'class'"],
        ),
        (put("defences", {"m@x": MEDIAN}), ["'m@x'", "not a name"]),
        (
            put("defences", {"a": {**MEDIAN, "certificate": {"confidence": 0.4}}}),
            ["defences.a.certificate.confidence", "0.4", "0.5"],
        ),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)
