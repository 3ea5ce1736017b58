"""The content of files is known without reading them again, and never wrongly."""

import os
import shutil
import subprocess
import sys
import time

import pytest

from mishear.core.files import sha256
from mishear.runtime import file_hashes
from mishear.runtime.file_hashes import FileHashes, hash_of_hashes

LONG_AGO = time.time_ns() - 10**12


@pytest.fixture
def file(tmp_path):
    return write(tmp_path / "data" / "a.wav", b"one")


@pytest.fixture
def read(monkeypatch):
    """The files that were read."""
    found = []

    def noting(path):
        found.append(os.path.basename(path))
        return sha256(path)

    monkeypatch.setattr(file_hashes, "_sha256", noting)
    return found


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    """Count every file as one that was changed long ago."""
    monkeypatch.setattr(file_hashes, "UNSETTLED_NS", -1)


def write(path, content, time_ns=LONG_AGO):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    os.utime(path, ns=(time_ns, time_ns))
    return path


def test_hashes_are_those_of_the_content(tmp_path, file):
    other = write(tmp_path / "b.wav", b"two")
    assert FileHashes().of_all([file, other, file]) == [sha256(file), sha256(other), sha256(file)]


def test_a_file_is_read_once_by_all_runs(tmp_path, file, read):
    kept = tmp_path / "kept.json"
    for _ in range(2):
        known = FileHashes(kept)
        assert known.of(file) == known.of(str(file)) == sha256(file)
    assert read == ["a.wav"]


def overwrite(file):
    """Keep the size and the time of modification."""
    write(file, b"two")


def replace(file):
    shutil.move(write(file.with_name("other"), b"two"), file)


def swap(file):
    other = write(file.with_name("other"), b"two")
    file.rename(file.with_name("aside"))
    other.rename(file)


def replace_by_an_older_one(file):
    write(file, b"two", LONG_AGO - 10**12)


CHANGES = [overwrite, replace, swap, replace_by_an_older_one]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_content_is_seen_whatever_size_and_time_say(tmp_path, file, change):
    kept = tmp_path / "kept.json"
    before = FileHashes(kept).of(file)
    change(file)
    assert FileHashes(kept).of(file) == sha256(file) != before


def test_a_file_that_was_changed_just_now_is_read_again(tmp_path, file, read, monkeypatch):
    """Another change within the same time stamp would not be seen."""
    monkeypatch.setattr(file_hashes, "UNSETTLED_NS", 10**10)
    kept = tmp_path / "kept.json"
    assert FileHashes(kept).of(file) == FileHashes(kept).of(file)
    assert read == ["a.wav", "a.wav"]


def test_what_is_no_file_is_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    found = FileHashes().of_all([tmp_path / "pipe", tmp_path, tmp_path / "loop", tmp_path / "none"])
    assert found == ["not a file", "not a file", "missing", "missing"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": 1}', b"\xff"])
def test_what_was_kept_may_be_damaged(tmp_path, file, content):
    kept = write(tmp_path / "kept.json", content)
    assert FileHashes(kept).of(file) == sha256(file)
    assert FileHashes(kept).of(file) == sha256(file)


def test_nothing_is_kept_where_nothing_can_be_written(tmp_path, file):
    (tmp_path / "blocked").write_text("no folder")
    assert FileHashes(tmp_path / "blocked" / "kept.json").of(file) == sha256(file)


def test_hashes_of_files_that_are_gone_are_dropped(tmp_path, file):
    kept = tmp_path / "kept.json"
    FileHashes(kept).of(file)
    file.unlink()
    FileHashes(kept).of(write(tmp_path / "b.wav", b"two"))
    assert "a.wav" not in kept.read_text()
    assert "b.wav" in kept.read_text()


def test_names_that_are_not_text_are_kept(tmp_path, read):
    file = os.fsencode(tmp_path) + b"/\xff.wav"
    with open(file, "wb"):
        pass
    for _ in range(2):
        FileHashes(tmp_path / "kept.json").of(os.fsdecode(file))
    assert len(read) == 1


def test_much_to_read_is_said(file, tmp_path, monkeypatch):
    monkeypatch.setattr(file_hashes, "WORTH_SAYING", 3)
    said = []
    for _ in range(2):
        FileHashes(tmp_path / "kept.json", said.append).of(file)
    assert len(said) == 1
    assert "a.wav" in said[0]


PROCESS = """
import sys
from pathlib import Path
from mishear.runtime import file_hashes
file_hashes.UNSETTLED_NS = -1
folder, kept = map(Path, sys.argv[1:])
for file in folder.iterdir():
    file_hashes.FileHashes(kept).of(file)
"""


def test_runs_at_the_same_time_share_the_file(tmp_path):
    kept = tmp_path / "kept" / "hashes.json"
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        for index in range(20):
            write(folder / str(index), f"{folder}{index}".encode())
    command = [sys.executable, "-c", PROCESS]
    runs = [subprocess.Popen([*command, folder, kept]) for folder in folders]
    assert [run.wait(60) for run in runs] == [0, 0]
    assert [path.name for path in kept.parent.iterdir()] == ["hashes.json"]
    for file in [file for folder in folders for file in folder.iterdir()]:
        assert FileHashes(kept).of(file) == sha256(file)


def test_a_name_and_a_hash_cannot_be_taken_for_others():
    found = {
        hash_of_hashes(*pairs)
        for pairs in ([["ab"], ["c"]], [["a"], ["bc"]], [["a", "b"], ["c", "d"]], [[], []])
    }
    assert len(found) == 4
