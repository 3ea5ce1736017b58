"""A detector names its class."""

import pytest

from tests.unit.config.changes import assert_refused, put


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("detectors", {"x": {}}), ["detectors.x.class", "required"]),
        (put("detectors", {"x": {"class": "A", "params": 1}}), ["detectors.x.params", "1"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)
