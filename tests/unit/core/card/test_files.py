"""Cards are checked when they are read; no number is lost in JSON."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.card.files import json_ready, read_card
from mishear.core.errors import UserError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    max_leaves=10,
)


@given(VALUES)
def test_what_is_ready_is_json_and_stays_as_it_is(value):
    ready = json_ready(value)
    text = json.dumps(ready, allow_nan=False)
    assert json.loads(text) == ready == json_ready(ready)


def test_infinite_numbers_are_read_as_numbers_again():
    assert [float(json_ready(value)) for value in (math.inf, -math.inf)] == [math.inf, -math.inf]
    assert json_ready(math.nan) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "Cannot read"),
        ("{", "is not valid JSON"),
        ("[]", "schema_version is None"),
        ('{"schema_version": 2}', "schema_version is 2, but this version of Mishear reads 1"),
        ('{"schema_version": 1}', "is not a card of Mishear: study: Field required"),
        ("\udcff", "is not valid JSON"),
    ],
)
def test_what_is_no_card_is_refused_by_name(tmp_path, text, said):
    path = tmp_path / "card.json"
    if text is not None:
        path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(UserError, match=said) as error:
        read_card(path)
    assert str(path) in str(error.value)
