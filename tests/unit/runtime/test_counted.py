"""What counts in a run is known to its jobs."""

import os

import pytest

from mishear.runtime.counted import (
    COUNTED,
    counted_files,
    hash_of,
    keep,
    notes_folder,
    write_counted,
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "notes"


def test_a_job_knows_what_its_run_has_written_by_real_paths(folder, tmp_path, monkeypatch):
    (tmp_path / "net.py").write_text("")
    (tmp_path / "link.py").symlink_to("net.py")
    listed = write_counted({str(tmp_path / "link.py"): "1f", "/large.bin": None}, folder)
    monkeypatch.setenv(COUNTED, str(listed))
    real = os.path.realpath(tmp_path / "net.py")
    assert counted_files() == {real: "1f", "/large.bin": None}
    assert notes_folder() == folder


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"{"])
def test_without_a_list_that_can_be_read_nothing_counts(folder, monkeypatch, content):
    assert counted_files() == {}
    monkeypatch.setenv(COUNTED, str(folder / "list.json"))
    if content is not None:
        folder.mkdir()
        (folder / "list.json").write_bytes(content)
    assert counted_files() == {}


def test_the_same_text_is_kept_once(folder):
    first, is_new = keep("a", folder)
    assert is_new and first.read_text() == "a"
    assert keep("a", folder) == (first, False)
    assert keep("b", folder)[0] != first


@pytest.mark.parametrize("folder", ["file/notes", "/proc/self"])
def test_where_nothing_can_be_written_nothing_is_kept_and_nothing_is_raised(tmp_path, folder):
    (tmp_path / "file").write_text("")
    path, is_new = keep("a", tmp_path / folder)
    assert is_new and not path.exists()


def test_what_cannot_be_read_has_no_hash(tmp_path):
    (tmp_path / "a").write_text("a")
    assert len(hash_of(str(tmp_path / "a"))) == 64
    assert hash_of(str(tmp_path / "b")) is None
