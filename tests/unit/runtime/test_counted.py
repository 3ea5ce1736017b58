"""What counts in a run is known to its jobs."""

import os

import pytest

from mishear.runtime.counted import (
    COUNTED,
    Counted,
    counted_files,
    hash_of,
    hashes_of_run,
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
    link, real = str(tmp_path / "link.py"), os.path.realpath(tmp_path / "net.py")
    listed = write_counted(Counted({link: "1f", "/large.bin": None}, {link: "1f"}), folder)
    monkeypatch.setenv(COUNTED, str(listed))
    assert counted_files() == Counted({real: "1f", "/large.bin": None}, {real: "1f"})
    assert notes_folder() == folder and hashes_of_run().kept == folder / "hashes.json"


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"{", b"[1]", b'{"a": 1}'])
def test_without_a_list_that_can_be_read_nothing_counts(folder, monkeypatch, content):
    assert counted_files() == Counted() and hashes_of_run().kept is None
    monkeypatch.setenv(COUNTED, str(folder / "list.json"))
    if content is not None:
        folder.mkdir()
        (folder / "list.json").write_bytes(content)
    assert counted_files() == Counted()


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
