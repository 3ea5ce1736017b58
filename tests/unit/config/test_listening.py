"""Listening has a page, inversions and recognisers."""

import pytest

from tests.unit.config.changes import assert_refused, put


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("listening/page", {"eps": 0}), ["listening.page.eps", "0"]),
        (put("listening/page", {"recordings": []}), ["listening.page.recordings"]),
        (put("listening/inversion", {"iterations": 0}), ["listening.inversion.iterations", "0"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)
