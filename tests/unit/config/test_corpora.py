"""Corpora come from a source that is known, with a pattern that finds labels."""

import pytest

from tests.unit.config.changes import assert_refused, loaded, put

FOLDER = {"source": "folder", "path": "p", "pattern": "(?P<label>.)"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("corpora/espeak/speekers", 3), ["corpora.espeak.speekers", "'speakers'"]),
        (put("corpora/espeak/speakers", 1), ["corpora.espeak.speakers", "1"]),
        (put("corpora/x", {"source": "zip"}), ["corpora.x.source", "'zip'", "'folder'"]),
        (put("corpora/x", {}), ["corpora.x.source", "required"]),
        (
            put("corpora/x", {"source": "folder", "path": "p", "pattern": "("}),
            ["corpora.x.pattern", "not a regular expression"],
        ),
        (
            put("corpora/x", {"source": "folder", "path": "p", "pattern": "a"}),
            ["corpora.x.pattern", "group named 'label'"],
        ),
        (
            put("corpora/x", FOLDER | {"classes": [1, 1]}),
            ["corpora.x.classes", "more than once: 1"],
        ),
        (
            put("corpora/x", FOLDER | {"classes": [1.10, "two"]}),
            ["corpora.x.classes", "1.1 is not allowed", "put it in quotes"],
        ),
        (
            put("corpora/x", FOLDER | {"classes": [True, "no"]}),
            ["corpora.x.classes", "true or false; put it in quotes"],
        ),
        (put("corpora/fsdd/sha256", "abc"), ["corpora.fsdd.sha256", "'abc'"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)


def test_labels_may_be_given_as_numbers(raw):
    config = loaded(raw, "corpora/x", FOLDER | {"classes": [0, "one"]})
    assert config.corpora["x"].classes == ["0", "one"]


def test_a_large_corpus_has_more_shards(raw):
    config = loaded(raw, "corpora/x", {"source": "audiomnist"})
    assert config.corpora["x"].shards > config.corpora["fsdd"].shards
