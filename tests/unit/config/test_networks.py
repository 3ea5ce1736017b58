"""A network names its class."""

import pytest

from tests.unit.config.changes import assert_refused, put


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("networks/x", {}), ["networks.x.class", "needed"]),
        (put("networks/x", {"class": "A", "parms": {}}), ["networks.x.parms", "'params'"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)
