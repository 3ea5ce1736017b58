"""A file is there whole or not at all."""

import os
import subprocess
import sys

import pytest

from mishear.core.errors import UserError
from mishear.core.files import atomic_path


def test_a_finished_file_takes_the_place_of_the_old_one(tmp_path):
    path = tmp_path / "new" / "table.csv"
    for text in ("first", "second"):
        with atomic_path(path) as temporary:
            temporary.write_text(text)
            assert temporary.suffix == ".csv"
        assert path.read_text() == text
    assert list(path.parent.iterdir()) == [path]


def test_after_an_exception_the_old_file_stays(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(RuntimeError), atomic_path(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")
    said = pytest.raises(UserError, match="cannot write .*file/table.csv")
    with said, atomic_path(tmp_path / "file" / "table.csv") as temporary:
        temporary.write_text("never")


def test_a_full_disk_is_said(tmp_path):
    said = pytest.raises(UserError, match="cannot write .*No space left on device")
    with said, atomic_path(tmp_path / "table.csv"), open("/dev/full", "w") as full:
        full.write("x" * 100_000)


def test_an_input_that_is_missing_is_not_blamed_on_the_output(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "table.csv"):
        (tmp_path / "gone.csv").read_text()


@pytest.mark.parametrize("limit", [0, 5_000, 200_000])
def test_a_state_that_does_not_fit_the_disk_is_said_without_leaving_a_part(tmp_path, limit):
    """A limit on the size of files fails as a full disk does, while torch writes."""
    code = f"""
import resource, signal, sys, torch
from mishear.core.errors import UserError
from mishear.core.files import atomic_path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
try:
    with atomic_path({str(tmp_path / "state.pt")!r}) as temporary, temporary.open("wb") as file:
        torch.save({{"weights": torch.zeros(100_000)}}, file)
except UserError as error:
    sys.exit(f"said: {{error}}")
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert "said: cannot write" in done.stderr, done.stderr[-2000:]
    assert list(tmp_path.iterdir()) == []
