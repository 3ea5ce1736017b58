"""What code of the user's uses in a job is noted where no hash covers it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mishear.runtime.counted import COUNTED, Counted, write_counted
from mishear.runtime.observed import noted_before

JOB = """
import logging, sys
logging.basicConfig(format="%(message)s")
from mishear.runtime.observed import note_uncounted, watch_reading
read = watch_reading()
sys.path.insert(0, sys.argv[1])
import net
net.Net()
note_uncounted(read(), sys.argv[2:])
"""

NET = """
import importlib, sys
from pathlib import Path

class Net:
    def __init__(self):
        {body}
"""

NOTHING = ([], "")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "own").mkdir()
    return tmp_path


def used(folder, body, known=(), counted=("net.py",)):
    """Run a job with a class; return what the next run names as not counted, and what it said."""
    own = folder / "own"
    (own / "net.py").write_text(NET.format(body=body))
    listed = write_counted(Counted({str(own / name): None for name in counted}), folder / "notes")
    done = subprocess.run(
        [sys.executable, "-c", JOB, str(own), *map(str, known)],
        env={**os.environ, COUNTED: str(listed), "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    noted = [Path(path).name for path in noted_before(folder / "notes")]
    return noted, done.stderr


def test_what_counts_is_not_named(folder):
    (folder / "own" / "table.txt").write_text("1")
    body = "Path(__file__).with_name('table.txt').read_text()"
    assert used(folder, body, counted=("net.py", "table.txt")) == NOTHING
    assert used(folder, body, known=[folder / "own" / "table.txt"]) == NOTHING
    assert used(folder, body, known=[folder / "own"]) == NOTHING


@pytest.mark.parametrize(
    "load",
    [
        "importlib.import_module('hel' + 'per')",
        "getattr(importlib, 'import' + '_module')('helper')",
        "exec('import helper')",
        "sys.path.insert(0, str(Path(__file__).parent / 'lib')); import deeper",
    ],
)
def test_modules_that_no_hash_covers_are_named(folder, load):
    (folder / "own" / "helper.py").write_text("scale = 1")
    (folder / "own" / "lib").mkdir()
    (folder / "own" / "lib" / "deeper.py").write_text("scale = 1")
    (found,), said = used(folder, load)
    assert found in ("helper.py", "deeper.py")
    assert found in said


def test_data_that_no_hash_covers_is_named(folder):
    (folder / "own" / "table.txt").write_text("1")
    found, said = used(folder, "open(str(Path(__file__).parent) + '/ta' + 'ble.txt').close()")
    assert found == ["table.txt"]
    assert "/own/table.txt" in said


def test_what_a_library_reads_for_itself_is_not_named(folder):
    assert used(folder, "import json.tool, zoneinfo; zoneinfo.ZoneInfo('Europe/Rome')") == NOTHING


def test_what_the_job_has_written_itself_is_not_named(folder):
    body = "p = Path('memo.txt'); p.write_text('1'); p.read_text()"
    assert used(folder, body) == NOTHING


def test_notes_of_code_that_has_changed_are_forgotten(folder):
    (folder / "own" / "helper.py").write_text("scale = 1")
    assert used(folder, "importlib.import_module('hel' + 'per')")[0] == ["helper.py"]
    (folder / "own" / "helper.py").write_text("scale = 2")
    assert len(noted_before(folder / "notes")) == 1
    (folder / "own" / "net.py").write_text("class Net: pass")
    assert noted_before(folder / "notes") == []
    assert not list((folder / "notes" / "uncounted").iterdir())


def test_damaged_notes_and_a_disk_without_room_are_no_errors(folder):
    (folder / "notes" / "uncounted").mkdir(parents=True)
    (folder / "notes" / "uncounted" / "a.json").write_text("{")
    (folder / "notes" / "uncounted" / "b.json").write_text("{}")
    assert noted_before(folder / "notes") == []
    (folder / "full").write_text("")
    assert not write_counted(Counted({"a.py": None}), folder / "full").exists()
    assert used(folder, "pass") == NOTHING


def test_the_first_of_several_jobs_says_it(folder):
    (folder / "own" / "helper.py").write_text("scale = 1")
    assert used(folder, "importlib.import_module('hel' + 'per')")[1]
    assert not used(folder, "importlib.import_module('hel' + 'per')")[1]
    (note,) = (folder / "notes" / "uncounted").iterdir()
    assert json.loads(note.read_text())["uncounted"] == [str(folder / "own" / "helper.py")]
