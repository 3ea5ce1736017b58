"""It is said how many results jobs could not compare with what was written."""

from pathlib import Path

import pytest

from mishear.runtime.clocks import TIMESTAMP
from mishear.runtime.contents import record_of, remember
from mishear.runtime.unrecorded import notice_of_unrecorded

RESULTS = Path("results")
TABLES = ["results/a.csv", "results/x/b.csv", "results/x/y/c.npy"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path in map(Path, TABLES):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    remember(TABLES)


def test_nothing_is_said_where_all_is_recorded_or_nothing_is_there():
    assert notice_of_unrecorded(RESULTS) == ""
    assert notice_of_unrecorded(Path("elsewhere/results")) == ""


@pytest.mark.parametrize("missing", [TABLES[:1], TABLES[1:2], TABLES[1:], TABLES])
def test_files_without_a_record_are_counted(missing):
    for path in map(Path, missing):
        record_of(path).unlink()
    assert notice_of_unrecorded(RESULTS).startswith(
        "Results without a record in results/.contents, as after a copy without it: "
        f"{len(missing)}."
    )


@pytest.mark.parametrize(
    ("name", "is_output"),
    [
        ("x/new.csv", True),
        ("x/departed.csv", True),
        ("x/.new.12.partial.csv", False),
        ("x/unfinished.pt", False),
        ("x/fsdd.tar.gz.part", False),
        ("x/fsdd.tar.gz.part.json", False),
    ],
)
def test_what_is_no_output_yet_does_not_count(name, is_output):
    (RESULTS / name).write_text("x")
    assert bool(notice_of_unrecorded(RESULTS)) is is_output


def test_a_folder_that_is_an_output_has_no_record():
    (RESULTS / "recordings/s1").mkdir(parents=True)
    (RESULTS / "recordings/s1/1.wav").write_text("x")
    assert notice_of_unrecorded(RESULTS)
    (RESULTS / "recordings" / TIMESTAMP).touch()
    assert notice_of_unrecorded(RESULTS) == ""
