"""A job does not load what was changed after its run had planned it."""

import hashlib
import os
import subprocess
import sys

import pytest

from mishear.runtime.counted import COUNTED, Counted, write_counted

JOB = """
import os, sys
from pathlib import Path
from types import SimpleNamespace as Of
sys.path.insert(0, {own!r})
{before}
from mishear.runtime.jobs import job_log
more = Of(params=Of(), resources=Of(), scriptdir={own!r})
job = Of(log=["job.log"], input={given!r}, output=[], **vars(more))
with job_log(job):
    {work}
"""


@pytest.fixture
def own(tmp_path):
    """The code of a user as a run has counted it."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "net.py").write_text("import helper\nWIDTH = helper.WIDTH\n")
    (folder / "helper.py").write_text("WIDTH = 4\n")
    (folder / "table.csv").write_text("1\n")
    (folder / "train.py").write_text("print('trained')\n")
    return folder


@pytest.fixture
def run(own, tmp_path):
    """Run a job that says what it was stopped by."""
    given = tmp_path / "given"
    given.mkdir()
    (given / "weights.bin").write_text("1")
    (given / "archive.zip").write_text("1")
    counted, inputs = (
        {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
        for folder in (own, given)
    )
    listed = write_counted(Counted(counted, inputs), tmp_path / "notes")

    def run(work="import net", before="", script="-c"):
        given = ["given/weights.bin", "results/other.csv"]
        text = JOB.format(own=str(own), before=before, work=work, given=given)
        if script != "-c":
            (tmp_path / script).write_text(text)
        done = subprocess.run(
            [sys.executable, *((script,) if script != "-c" else ("-c", text))],
            env={**os.environ, COUNTED: str(listed), "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr

    return run


def assert_stopped(done, path):
    status, said = done
    assert status == 1
    assert f"{path} was changed after this run had planned its jobs." in said


def test_what_is_as_it_was_is_loaded(run, own):
    (own / "helper.py").touch()
    assert run(f"import net; open('{own}/table.csv').read()") == (0, "")


@pytest.mark.parametrize("name", ["net.py", "helper.py"])
def test_a_module_that_was_edited_ends_the_job_before_it_is_executed(run, own, name):
    (own / name).write_text("print('executed')\n")
    assert_stopped(run(), own / name)


def test_bytecode_of_the_edited_module_makes_no_difference(run, own):
    (own / "helper.py").write_text("WIDTH = 5\n")
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(own)], check=True)
    assert_stopped(run(), own / "helper.py")


def test_a_file_of_data_that_was_edited_ends_the_job_as_it_is_opened(run, own):
    (own / "table.csv").write_text("2\n")
    assert run("import net") == (0, "")
    assert_stopped(run(f"open('{own}/table.csv').read()"), own / "table.csv")


def test_a_file_of_data_that_is_edited_between_two_reads_ends_the_job(run, own):
    read = f"open('{own}/table.csv').read()"
    assert run(f"{read}; Path('{own}/table.csv').touch(); {read}") == (0, "")
    (own / "other.csv").write_text("2\n")
    edit = f"os.replace('{own}/other.csv', '{own}/table.csv')"
    assert_stopped(run(f"{read}; {edit}; {read}"), own / "table.csv")


def test_a_file_that_is_written_is_not_compared(run, own):
    (own / "table.csv").write_text("of another job\n")
    assert run(f"open('{own}/table.csv', 'a').write('2')") == (0, "")


def test_what_was_loaded_before_the_job_is_compared_as_well(run, own):
    (own / "helper.py").write_text("WIDTH = 5\n")
    assert_stopped(run("pass", before="import net"), own / "helper.py")


def test_an_edit_after_a_module_was_loaded_is_left_to_the_next_run(run, own):
    edit = f"Path('{own}/helper.py').write_text('WIDTH = 5')"
    assert run(f"import net; {edit}; import helper, net") == (0, "")


def test_code_that_catches_the_error_does_not_hide_it(run, own):
    (own / "helper.py").write_text("WIDTH = 5\n")
    caught = "exec('try: import helper\\nexcept BaseException: pass')"
    assert_stopped(run(caught), own / "helper.py")
    other = "exec('try: import helper\\nexcept Exception: raise ValueError(1)')"
    assert_stopped(run(other), own / "helper.py")


def test_a_script_that_was_edited_ends_its_job(run, own):
    assert run("pass", script="tmp1x.train.py") == (0, "")
    (own / "train.py").write_text("print('trained otherwise')\n")
    assert_stopped(run("pass", script="tmp1x.train.py"), own / "train.py")
    assert run("pass", script="tmp1x.other.py") == (0, "")


def test_what_was_deleted_is_no_edit(run, own):
    (own / "table.csv").unlink()
    assert run(f"Path('{own}/table.csv').exists()") == (0, "")


def test_an_input_of_the_users_that_was_changed_ends_the_job_before_it_begins(run, tmp_path):
    assert run("pass") == (0, "")
    (tmp_path / "given/archive.zip").write_text("2")
    assert run("pass") == (0, ""), "the input of another job"
    (tmp_path / "given/weights.bin").write_text("2")
    done = run("sys.stderr.write('begun')")
    assert_stopped(done, tmp_path / "given/weights.bin")
    assert "begun" not in done[1]


def test_an_input_of_the_users_that_is_changed_meanwhile_ends_the_job(run, tmp_path):
    weights = tmp_path / "given/weights.bin"
    assert run(f"Path({str(weights)!r}).touch()") == (0, "")
    assert_stopped(run(f"Path({str(weights)!r}).write_text('2')"), weights)
