"""Where the recordings of a corpus come from, and what is expected of them."""

import pytest

from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.corpora.sources import SOURCES
from mishear.study.origins import Origin, inspection, origin
from tests.unit.study.configs import raw

PATTERN = r"(?P<label>\w+)/(?P<speaker>\w+)\.wav$"


def corpus(**definition):
    changed = raw()
    changed["corpora"]["a"] = {"source": "espeak"} | definition
    return load(changed).corpora["a"]


def folder(path, **changes):
    return corpus(source="folder", path=str(path), pattern=PATTERN, **changes)


def test_a_synthesised_corpus_has_no_address():
    assert origin("a", corpus()) == Origin("synthesised")


def test_a_published_corpus_is_downloaded_from_its_own_addresses():
    found = origin("a", corpus(source="fsdd"))
    assert (found.kind, found.urls) == ("download", SOURCES["fsdd"].urls)


def test_a_mirror_takes_the_place_of_all_addresses():
    found = origin("a", corpus(source="fsdd", archive="https://example.org/fsdd.tar.gz"))
    assert found == Origin("download", urls=("https://example.org/fsdd.tar.gz",))


def test_a_folder_is_read_in_place_and_an_archive_is_unpacked(tmp_path):
    archive = tmp_path / "recordings.zip"
    archive.touch()
    assert origin("a", folder(tmp_path)) == Origin("directory", path=str(tmp_path))
    assert origin("a", folder(archive)) == Origin("archive", path=str(archive))


def test_a_path_that_is_not_there_is_named_with_its_key(tmp_path):
    with pytest.raises(UserError, match=r"corpora\.mine\.path: '.*nowhere' does not exist\. Give"):
        origin("mine", folder(tmp_path / "nowhere"))


def test_any_content_of_a_folder_is_accepted(tmp_path):
    found = inspection(folder(tmp_path, classes=["no", "yes"]))
    assert found == {"pattern": PATTERN, "classes": ["no", "yes"], "expectation": None}


def test_a_synthesised_corpus_has_as_many_recordings_as_it_was_asked_for():
    expected = inspection(corpus(source="espeak", speakers=3, repetitions=2))["expectation"]
    assert (expected.speakers, expected.recordings) == (3, 2)
