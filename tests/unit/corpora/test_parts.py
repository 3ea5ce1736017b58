"""A part file is continued only if its note tells where it came from."""

import json

import pytest

from mishear.corpora.parts import Origin, PartFile
from tests.unit.corpora.serving import CONTENT, assert_only, fetch


def test_a_complete_part_is_not_asked_for_again(server, destination):
    destination.parent.mkdir()
    part = destination.with_name(f"{destination.name}.part")
    part.write_bytes(CONTENT)
    note = {"url": server.url, "validator": None, "total": len(CONTENT)}
    part.with_name(f"{part.name}.json").write_text(json.dumps(note))
    fetch(server.url, destination)
    assert_only(destination)
    assert server.requests == []


@pytest.mark.parametrize("note", ["", "{", "[1]", '{"url": 1}'])
def test_a_part_with_a_broken_note_is_dropped(server, destination, note):
    destination.parent.mkdir()
    part = destination.with_name(f"{destination.name}.part")
    part.write_bytes(b"something else")
    part.with_name(f"{part.name}.json").write_text(note)
    fetch(server.url, destination)
    assert_only(destination)


def test_a_part_remembers_its_origin_until_it_is_deleted(tmp_path):
    part = PartFile(tmp_path / "corpus.part")
    assert (part.size, part.origin()) == (0, None)
    origin = Origin("http://here/corpus", '"tag"', 10)
    part.begin(origin)
    part.path.write_bytes(b"1234")
    assert (part.size, part.origin()) == (4, origin)
    part.begin(origin)
    assert part.size == 0
    part.delete()
    assert list(tmp_path.iterdir()) == []
