"""A study as the report describes it."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mishear.study.report_plan import reported_study
from mishear.study.reported import read_study
from tests.unit.conftest import STUDY
from tests.unit.study.test_figures import minimal


def test_a_study_is_rebuilt_from_its_dict():
    found = reported_study(minimal(corpora=["a", "b"], seeds=[0, 3]))
    assert read_study(asdict(found)) == found
    assert read_study(json.loads(json.dumps(asdict(found)))) == found


@given(st.dictionaries(st.text(), st.dictionaries(st.text(), st.none() | st.floats() | st.text())))
def test_whatever_its_poisons(poisons):
    found = replace(STUDY, poisons=poisons)
    assert repr(read_study(asdict(found))) == repr(found)


def test_a_missing_key_is_an_error():
    params = asdict(STUDY)
    del params["seeds"]
    with pytest.raises(ValidationError, match="seeds"):
        read_study(params)
