"""Corruptions of the config: their keys, and that the shipped ones are all there is."""

import pytest

import mishear.corruptions
from mishear.config.loading import load
from mishear.corruptions import Corruption
from tests.unit.config.changes import assert_refused, put


def test_every_class_is_predefined_and_none_is_met_by_default(raw):
    config = load(raw)
    classes = {name for name in mishear.corruptions.__all__ if _is_corruption(name)}
    assert {each.class_ for each in config.corruptions.values()} == classes
    assert all(each.severities is None for each in config.corruptions.values())
    assert config.study.corruptions == []


def _is_corruption(name):
    found = getattr(mishear.corruptions, name)
    return issubclass(found, Corruption) and found is not Corruption


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("corruptions", {"x": {}}), ["corruptions.x.class", "required"]),
        (
            put("corruptions", {"x": {"class": "MP3", "severities": []}}),
            ["corruptions.x.severities"],
        ),
        (
            put("corruptions", {"x": {"class": "MP3", "severities": [8, 8]}}),
            ["corruptions.x.severities", "more than once"],
        ),
        *(
            (
                put("corruptions", {"x": {"class": "own.Mine", "severities": [level]}}),
                ["corruptions.x.severities.0"],
            )
            for level in (float("nan"), float("inf"), 1e300)
        ),
        (put("study/corruptions", ["buble"]), ["study.corruptions", "buble"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)
