"""Recordings below a folder are listed once each, and a change of the folder is noticed."""

import errno
import os

import pytest

from mishear.core.errors import UserError
from mishear.corpora.index import index_recordings
from mishear.corpora.listing import check_unchanged, listing_digest
from mishear.runtime.file_hashes import FileHashes
from tests.unit.corpora.recordings import NOISE, PATTERN, reasons, write


def test_hidden_files_are_passed_over(tmp_path):
    write(tmp_path / "1_a_0.wav")
    for name in ("._1_a_0.wav", ".DS_Store", ".git/1_a_1.wav", "__MACOSX/1_a_2.wav", "notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\0\5\x16\7")
    rows, rejected = index_recordings(tmp_path, PATTERN)
    assert (len(rows), rejected) == (1, [])


def test_what_is_no_file_is_rejected_without_being_opened(tmp_path):
    write(tmp_path / "1_a_0.wav")
    os.mkfifo(tmp_path / "2_a_0.wav")
    (tmp_path / "3_a_0.wav").symlink_to("/dev/zero")
    write(tmp_path / "4_a_0.wav" / "5_a_0.wav")
    rows, rejected = index_recordings(tmp_path, PATTERN)
    assert {row.recording for row in rows} == {"1_a_0.wav", "4_a_0.wav/5_a_0.wav"}
    assert reasons(rejected) == {
        "2_a_0.wav": "not a file: a pipe",
        "3_a_0.wav": "not a file: a device",
        "4_a_0.wav": "not a file: a folder",
    }


def test_a_link_to_the_whole_machine_is_not_followed(tmp_path):
    write(tmp_path / "outside_0_.wav")
    write(tmp_path / "corpus" / "1_a_0.wav")
    (tmp_path / "corpus" / "everything").symlink_to("/")
    (tmp_path / "corpus" / "above").symlink_to(tmp_path)
    rows, _ = index_recordings(tmp_path / "corpus", PATTERN)
    assert [row.recording for row in rows] == ["1_a_0.wav"]


def test_links_are_followed_without_loops(tmp_path):
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    write(root / "b" / "1_a_0.wav")
    write(elsewhere / "2_a_0.wav")
    (root / "b" / "up").symlink_to(root)
    (root / "a").symlink_to(root / "b")
    (root / "linked").symlink_to(elsewhere)
    (root / "3_a_0.wav").symlink_to(elsewhere / "2_a_0.wav")
    rows, rejected = index_recordings(root, PATTERN)
    names = {"3_a_0.wav", "b/1_a_0.wav", "linked/2_a_0.wav"}
    assert {row.recording for row in rows} == names and len(rows) == len(names)
    assert rejected == []


def test_a_missing_folder(tmp_path):
    with pytest.raises(UserError, match="The folder .*missing does not exist"):
        index_recordings(tmp_path / "missing", PATTERN)


def test_the_digest_follows_names_and_content_only(tmp_path):
    path = write(tmp_path / "a" / "1.wav")
    before = listing_digest(tmp_path)
    assert len(before) == 12
    os.utime(path, (0, 0))
    (tmp_path / "a" / "notes.txt").write_text("x")
    assert listing_digest(tmp_path) == before
    write(path, NOISE / 10)
    quieter = listing_digest(tmp_path)
    path.rename(tmp_path / "a" / "2.wav")
    (tmp_path / "a" / "3.wav").symlink_to("missing")
    assert len({before, quieter, listing_digest(tmp_path)}) == 3


def test_a_folder_that_cannot_be_read_is_named_with_what_to_do(tmp_path, monkeypatch):
    def refuse(directory):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(UserError, match=f"{tmp_path}: Invalid argument. Make it readable, or take"):
        listing_digest(tmp_path)


def test_the_digest_of_a_missing_folder(tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        listing_digest(tmp_path / "missing")


def test_a_folder_that_was_changed_after_the_plan_was_made_is_refused(tmp_path):
    path, hashes = write(tmp_path / "1_a_0.wav"), FileHashes()
    content = listing_digest(tmp_path)
    path.touch()
    check_unchanged(tmp_path, content, hashes)
    write(path, NOISE / 10)
    with pytest.raises(UserError, match=f"A recording in {tmp_path} was changed after this"):
        check_unchanged(tmp_path, content, hashes)
