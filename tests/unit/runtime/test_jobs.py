"""A job logs what happens to it, ends cleanly, and does not outlive the Snakemake it belongs to."""

import os
import re
import subprocess
import sys
import time

import pytest

JOB = """
import logging, os, signal, sys, time
from pathlib import Path
from types import SimpleNamespace as Of
from mishear.core.errors import UserError
from mishear.runtime.jobs import job_log
log, *files = sys.argv[1:]
job = Of(log=[log], input=files[:1], output=files[1:], params=Of(), resources=Of(), scriptdir="")
with job_log(job):
    logging.info("begun")
    {work}
"""


def run(log, work, *files, cwd=None, **environment):
    return subprocess.run(
        [sys.executable, "-c", JOB.format(work=work), str(log), *files],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | environment,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def log(tmp_path):
    return tmp_path / "job.log"


def test_information_goes_to_the_log_and_warnings_to_the_terminal_too(log):
    done = run(log, "logging.warning('careful')")
    assert done.returncode == 0
    assert "INFO begun" in log.read_text()
    assert "careful" in log.read_text()
    assert "careful" in done.stderr
    assert "begun" not in done.stderr


def test_an_error_of_the_user_is_a_message_without_a_traceback(log):
    done = run(log, "raise UserError('mend the config')")
    assert done.returncode == 1
    for text in (log.read_text(), done.stderr):
        assert "mend the config" in text
        assert "Traceback" not in text


def test_any_other_error_is_logged_with_its_traceback(log):
    done = run(log, "raise KeyError('x')")
    assert done.returncode == 1
    assert "this is a bug" in log.read_text()
    assert "Traceback" in log.read_text()


@pytest.mark.parametrize(
    "raised",
    [
        "MemoryError()",
        "RuntimeError('DefaultCPUAllocator: can\\'t allocate memory: you tried 10 bytes')",
        "RuntimeError('CUDA out of memory. Tried to allocate 2 GiB.')",
    ],
)
def test_want_of_memory_is_no_bug_of_mishear(log, raised):
    done = run(log, f"raise {raised}")
    assert done.returncode == 1
    assert "enough memory" in done.stderr
    assert "bug" not in log.read_text() + done.stderr
    assert "Traceback" not in done.stderr


def test_a_termination_is_an_interruption(log):
    done = run(log, "os.kill(os.getpid(), signal.SIGTERM); time.sleep(30)")
    assert done.returncode == 128 + 15
    assert "interrupted" in log.read_text()


def test_a_termination_is_not_lost_where_python_cannot_raise(log):
    finaliser = "lambda self: (os.kill(os.getpid(), signal.SIGTERM), time.sleep(1))"
    done = run(log, f"type('Left', (), {{'__del__': {finaliser}}})(); time.sleep(30)")
    assert (done.returncode, done.stderr) == (128 + 15, "")
    assert "interrupted" in log.read_text()


@pytest.mark.parametrize("raised", ["RuntimeError('unexpected pos')", "UserError('is cut short')"])
def test_what_fails_because_of_a_termination_is_no_error(log, raised):
    """A file that ``torch.save`` was writing raises a RuntimeError as it is closed."""
    work = (
        f"from contextlib import ExitStack\n"
        f"    with ExitStack() as stack:\n"
        f"        stack.callback(lambda: (_ for _ in ()).throw({raised}))\n"
        f"        os.kill(os.getpid(), signal.SIGTERM); time.sleep(30)"
    )
    done = run(log, work)
    assert (done.returncode, done.stderr) == (128 + 15, "")
    assert "interrupted" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_a_termination_after_the_work_says_nothing(log):
    late = "lambda: (os.kill(os.getpid(), signal.SIGTERM), time.sleep(30))"
    done = run(log, f"import atexit; atexit.register({late})")
    assert (done.returncode, done.stderr) == (-15, "")


def test_a_log_that_cannot_be_written_is_said(tmp_path):
    done = run(tmp_path / "missing" / "job.log", "pass")
    assert done.returncode == 1
    assert "cannot write" in done.stderr


def test_a_job_ends_with_the_snakemake_that_started_it(log):
    snakemake = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.5)"])
    start = time.monotonic()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    # It is this process's child, so it is gone for others only once it has been waited for.
    job = subprocess.Popen(
        [sys.executable, "-c", JOB.format(work="time.sleep(60)"), str(log)],
        env=environment | {"MISHEAR_SNAKEMAKE_PROCESS": str(snakemake.pid)},
    )
    snakemake.wait()
    assert job.wait() == 1
    assert time.monotonic() - start < 50


def test_a_job_of_a_snakemake_that_is_gone_does_nothing(log):
    snakemake = subprocess.Popen([sys.executable, "-c", ""])
    snakemake.wait()
    assert run(log, "", MISHEAR_SNAKEMAKE_PROCESS=str(snakemake.pid)).returncode == 1
    assert not log.exists()


def test_a_job_does_not_work_on_what_was_edited_since_another_job_wrote_it(log, tmp_path):
    (tmp_path / "results").mkdir()
    table, copy = "results/table.csv", "results/copy.csv"
    write = "Path(sys.argv[3]).write_text('1\\n2\\n')"
    assert run(log, write, "given.csv", table, cwd=tmp_path).returncode == 0
    copied = "Path(sys.argv[3]).write_text(Path(sys.argv[2]).read_text())"
    assert run(log, copied, table, copy, cwd=tmp_path).returncode == 0
    (tmp_path / table).write_text("1\n")
    done = run(log, copied, table, copy, cwd=tmp_path)
    assert done.returncode == 1
    assert f"rm {table}" in done.stderr
    assert "bug" not in done.stderr
    # Made again, it is as it should be.
    assert run(log, write, "given.csv", table, cwd=tmp_path).returncode == 0
    assert run(log, copied, table, copy, cwd=tmp_path).returncode == 0


def test_a_job_does_not_begin_on_a_full_disk(log):
    code = "import mishear.runtime.jobs as jobs; jobs.LEAST_FREE = 10**18\n"
    command = code + JOB.format(work="print('worked')")
    done = subprocess.run(
        [sys.executable, "-c", command, str(log)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "is full" in done.stderr and "worked" not in done.stdout


def test_the_log_says_how_much_memory_was_used(log):
    run(log, "pass")
    assert re.search(r"used \d+ MB of memory", log.read_text())
