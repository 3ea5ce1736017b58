"""A number outside a range is refused with its unit and the range."""

import math

import pytest

from mishear.core.ranges import require_within


@pytest.mark.parametrize("value", [-1.0, 0, 2.5])
def test_both_ends_are_within(value):
    require_within(value, "dB", -1.0, 2.5)


@pytest.mark.parametrize("value", [-1.1, 2.6, math.inf, -math.inf, math.nan])
def test_what_is_outside_is_refused(value):
    with pytest.raises(ValueError, match=r"dB is not allowed: must be from -1 to 2.5"):
        require_within(value, "dB", -1.0, 2.5)
