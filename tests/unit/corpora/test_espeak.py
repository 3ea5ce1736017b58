"""The embedded corpus. Synthesising needs the optional dependency."""

import hashlib
import os
from dataclasses import replace

import pytest

from mishear.core.errors import UserError
from mishear.corpora import espeak
from mishear.corpora.checking import check_index
from mishear.corpora.espeak import synthesise, variants
from mishear.corpora.index import index_recordings
from mishear.corpora.sources import SOURCES


@pytest.fixture(scope="module")
def needs_espeak():
    pytest.importorskip("espeakng_loader", reason="eSpeak NG is not installed (extra: espeak)")


@pytest.fixture(scope="module")
def corpus(needs_espeak, tmp_path_factory):
    return synthesise(tmp_path_factory.mktemp("espeak") / "corpus", speakers=2, repetitions=2)


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*.wav")
    }


def test_content(corpus):
    source = SOURCES["espeak"]
    expectation = replace(source.expectation, speakers=2, recordings=2)
    rows, rejected = index_recordings(corpus, source.pattern, source.classes, expectation)
    check_index(rows, rejected, source.classes, 0.0, expectation)
    assert "01/0_01_0.wav" in {row.recording for row in rows}
    assert all(0.1 < row.seconds < 2 for row in rows)


def test_no_two_recordings_are_the_same(corpus):
    found = hashes(corpus)
    assert len(found) == 40
    assert len(set(found.values())) == 40


def test_the_number_of_processes_changes_nothing(corpus, tmp_path):
    assert hashes(synthesise(tmp_path / "c", 2, 2, processes=2)) == hashes(corpus)


def test_less_is_a_part_of_more(corpus, tmp_path):
    fewer = hashes(synthesise(tmp_path / "fewer", speakers=1, repetitions=1))
    assert len(fewer) == 10
    assert fewer.items() <= hashes(corpus).items()


def test_another_seed_is_another_corpus(corpus, tmp_path):
    other = hashes(synthesise(tmp_path / "other", speakers=1, repetitions=1, seed=1))
    assert not set(other.values()) & set(hashes(corpus).values())


def test_variants():
    names = variants()
    assert len(names) == len(set(names)) == 94
    assert all(names) and names == [name.strip() for name in names]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"speakers": 0}, "speakers is 0, allowed is 1 to 94"),
        ({"speakers": 95}, "speakers is 95, allowed is 1 to 94"),
        ({"repetitions": 51}, "repetitions is 51, allowed is 1 to 50"),
        ({"seed": -1}, "seed is -1"),
        ({"processes": 0}, "processes is 0, allowed is at least 1"),
    ],
)
def test_numbers_out_of_range(tmp_path, options, message):
    with pytest.raises(UserError, match=message):
        synthesise(tmp_path / "corpus", **options)


def test_not_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(espeak, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'mishear\[espeak\]'"):
        synthesise(tmp_path / "corpus")


def test_an_unknown_variant(needs_espeak, tmp_path, monkeypatch):
    monkeypatch.setattr(espeak, "variants", lambda: ["Alex", "Nobody"])
    with pytest.raises(UserError, match="lacks the voices Nobody"):
        synthesise(tmp_path / "corpus", speakers=1)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("os.kill(os.getpid(), 9)", "speaker 01 could not be synthesised.*signal 9"),
        ("raise OSError('no library here')", "no library here.*\n.*speaker 01"),
    ],
)
def test_a_process_that_dies(needs_espeak, tmp_path, monkeypatch, code, message):
    (tmp_path / "espeakng_loader.py").write_text(f"import os\ndef get_library_path(): {code}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(UserError, match=message):
        synthesise(tmp_path / "out" / "corpus", speakers=2, repetitions=1)
    assert os.listdir(tmp_path / "out") == []
