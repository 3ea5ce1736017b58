"""The three splits take up all recordings."""

import pytest

from tests.unit.config.changes import assert_refused, put


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("split/train", 0.9), ["split", "train + validation + test is 1.1"]),
        (put("split/test", 0), ["split.test", "0"]),
        (put("split/by", "class"), ["split.by", "'class'", "'speaker'"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)
