"""A folder is there as a whole or not at all."""

import pytest

from mishear.core.errors import UserError
from mishear.core.folders import atomic_directory


def test_a_folder_appears_when_it_is_complete(tmp_path):
    destination = tmp_path / "made" / "corpus"
    with atomic_directory(destination) as content:
        (content / "a.wav").touch()
        assert not destination.exists()
    assert [path.name for path in destination.iterdir()] == ["a.wav"]
    assert list(destination.parent.iterdir()) == [destination]


def test_nothing_is_left_of_a_folder_that_failed(tmp_path):
    def fail():
        with atomic_directory(tmp_path / "corpus") as content:
            (content / "a.wav").touch()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed(tmp_path):
    left = tmp_path / ".corpus.abc.partial"
    left.mkdir()
    (left / "half").touch()
    other = tmp_path / ".other.abc.partial"
    other.mkdir()
    with atomic_directory(tmp_path / "corpus"):
        pass
    assert not left.exists()
    assert other.exists()


def test_a_folder_with_content_is_never_replaced(tmp_path):
    (tmp_path / "a.wav").touch()
    with (
        pytest.raises(UserError, match="already exists. Delete it"),
        atomic_directory(tmp_path),
    ):
        pass
    assert (tmp_path / "a.wav").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(UserError, match="Cannot write .*corpus: "),
        atomic_directory(tmp_path / "file" / "corpus"),
    ):
        pass
