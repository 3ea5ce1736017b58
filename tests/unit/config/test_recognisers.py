"""A recogniser names its class."""

import pytest

from tests.unit.config.changes import assert_refused, put


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("recognisers", {"x": {}}), ["recognisers.x.class", "required"]),
        (put("recognisers", {"a b": {"class": "A"}}), ["'a b'", "not a name"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)
