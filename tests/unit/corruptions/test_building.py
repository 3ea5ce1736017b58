"""Corruptions from their definitions."""

import pytest

from mishear.core.errors import UserError
from mishear.corruptions.building import build_corruptions
from mishear.corruptions.noise import Babble


def definition(**changes):
    plain = {"name": "voices", "class": "Babble", "params": {}, "severities": None, "seed": 3}
    return plain | changes


def test_there_is_one_for_each_severity():
    built = build_corruptions(definition(params={"speakers": 2}))
    assert [each.level for each in built] == list(Babble.severities)
    assert {(each.speakers, each.seed) for each in built} == {(2, 3)}


def test_the_config_may_give_other_severities():
    assert [each.level for each in build_corruptions(definition(severities=[7, 3.5]))] == [7, 3.5]


def test_mistakes_name_the_key():
    for changes, message in (
        ({"class": "Bubble"}, "corruptions.voices.class"),
        ({"params": {"speaker": 2}}, "corruptions.voices.params.speaker"),
        ({"class": "Clipping", "severities": [-1]}, "corruptions.voices: Clipping refuses"),
    ):
        with pytest.raises(UserError, match=message):
            build_corruptions(definition(**changes))
