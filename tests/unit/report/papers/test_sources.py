"""Sources are written down once, and every key that is used is one of them."""

import re

import pytest

from mishear.core.errors import UserError
from mishear.report.papers import sources
from mishear.report.papers.citations import CLASSES
from mishear.report.papers.sources import bibliography, cite, cited, entries
from tests.projects import REPOSITORY


def used_in_code():
    keys = {key for section in CLASSES.values() for each in section.values() for key in each}
    for path in (REPOSITORY / "src/mishear/report/papers").glob("*.py"):
        for call in re.findall(r"\bcite\(((?:['\"]\w+['\"](?:, )?)+)\)", path.read_text()):
            keys |= set(re.findall(r"['\"](\w+)['\"]", call))
    return keys


def test_every_key_in_the_code_resolves_and_every_source_is_used():
    assert used_in_code() == set(entries())


def test_the_file_has_no_entry_that_is_not_read():
    text = sources.SOURCES.read_text()
    assert len(re.findall("^@", text, flags=re.MULTILINE)) == len(entries())
    assert list(entries()) == sorted(
        entries(), key=lambda key: (key not in ("attacks2024", "mishear"), key)
    )


@pytest.mark.parametrize("key", entries())
def test_an_entry_is_sound(key):
    entry = entries()[key]
    assert entry.count("{") == entry.count("}")
    fields = dict(re.findall(r"^  (\w+) = \{(.*)\},?$", entry, flags=re.MULTILINE))
    assert fields["title"]
    assert "author" in fields or key == "attacks2024"
    assert re.fullmatch(r"\d{4}", fields.get("year", "")) or key == "espeakng"
    # What means something to BibTeX and LaTeX is escaped; accents are commands.
    assert entry.isascii()
    assert not re.search(r"(?<!\\)[&%#$_](?![^\n]*doi|/)", re.sub(r"(url|doi) = .*", "", entry))


def test_the_paper_has_its_title():
    assert "title = {Attacks on the neural network and defense methods}" in entries()["attacks2024"]
    assert "year = {2024}" in entries()["attacks2024"]


def test_a_citation_is_found_again():
    text = f"a {cite('wilson1927probable', 'madry2018towards')} b@c.de \\@nobody"
    assert cited(text) == ["madry2018towards", "wilson1927probable"]
    assert bibliography(cited(text)).count("@") == 2


def test_an_unknown_key_is_refused():
    with pytest.raises(KeyError):
        cite("nobody2000")
    with pytest.raises(UserError, match="has no source nobody2000"):
        bibliography(["nobody2000"])
