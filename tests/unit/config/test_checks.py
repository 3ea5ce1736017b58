"""Checks compare at a size, with more steps."""

import pytest

from tests.unit.config.changes import assert_refused, put


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("checks/more", 1), ["checks.more", "1", "2"]),
        (put("checks/more", 10**9), ["checks.more", "1000"]),
        (put("checks/eps", 0), ["checks.eps", "0"]),
        (put("checks/eps", 1e300), ["checks.eps", "1e+300"]),
        (put("checks/eps", {"mel64": float("nan")}), ["checks.eps", "nan"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)
