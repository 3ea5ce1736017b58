"""Front ends have lengths and rates that can be used."""

import pytest

from tests.unit.config.changes import assert_refused, put


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("front_ends/mel64/seconds", 0), ["front_ends.mel64.seconds", "0"]),
        (put("front_ends/mel64/seconds", 1e-9), ["front_ends.mel64", "0 samples", "from 1 to"]),
        (
            put("front_ends/mel64", {"sample_rate": 768_000, "seconds": 60}),
            ["front_ends.mel64", "46,080,000 samples", "6,000,000"],
        ),
        (put("front_ends/mel64/leading_zeros", 1.1), ["front_ends.mel64.leading_zeros", "1.1"]),
        (put("front_ends/mel64/second", 1), ["front_ends.mel64.second", "did you mean 'seconds'"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)
