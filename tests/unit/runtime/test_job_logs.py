"""How a job stands is read from the log that the job itself writes."""

import logging
import sys
from types import SimpleNamespace as Of

import pytest

from mishear.core.errors import UserError
from mishear.runtime.job_logs import END, State, judge, read_log
from mishear.runtime.jobs import job_log


@pytest.fixture
def ended(tmp_path, monkeypatch):
    """Run a function as a job, and read its log."""
    monkeypatch.chdir(tmp_path)
    before = logging.root.handlers[:], logging.root.level

    def run(work):
        job = Of(
            log=["job.log"],
            input=[],
            output=["results/x.csv"],
            params=Of(),
            resources=Of(),
            scriptdir="",
        )
        try:
            with job_log(job):
                logging.info("12 of 20 recordings attacked")
                open_log = read_log("job.log")
                work()
        except (SystemExit, ZeroDivisionError):
            pass
        return open_log, read_log("job.log")

    yield run
    logging.captureWarnings(False)
    for handler in set(logging.root.handlers) - set(before[0]):
        handler.close()
    logging.root.handlers, logging.root.level = before[0], before[1]
    logging.raiseExceptions = True


def write_result():
    with open("results/x.csv", "w") as file:
        file.write("a\n")


def raise_(error):
    raise error


def test_a_job_is_open_until_it_has_written_its_results(ended, tmp_path):
    (tmp_path / "results").mkdir()
    before, after = ended(write_result)
    assert (before.state, before.line) == (State.OPEN, "12 of 20 recordings attacked")
    assert after.state == State.DONE


def test_the_line_of_a_failed_job_is_mishears_own_sentence(ended):
    _, log = ended(lambda: raise_(UserError("The archive is cut.\nGet it again.")))
    assert (log.state, log.line) == (State.FAILED, "The archive is cut.")


def test_the_first_of_a_list_belongs_to_the_line(ended):
    _, log = ended(lambda: raise_(UserError("These differ:\n  - results/a\n  - results/b")))
    assert log.line == "These differ: results/a"


def test_the_line_of_a_bug_is_that_of_the_exception(ended):
    _, log = ended(lambda: 1 / 0)
    assert (log.state, log.line) == (State.FAILED, "ZeroDivisionError: division by zero")


def test_an_interrupted_job_has_not_failed(ended):
    _, log = ended(lambda: raise_(KeyboardInterrupt()))
    assert log.state == State.BROKEN_OFF


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], (State.OPEN, "")),
        (["Collecting art", "ERROR: No matching distribution"], (State.FAILED, "ERROR: No match")),
        (["Collecting art", ""], (State.OPEN, "Collecting art")),
        (
            ["2026-01-01 00:00:00,000 ERROR Snakemake (process 7) is gone: ending"],
            (State.BROKEN_OFF, "Snakemake (process 7)"),
        ),
    ],
)
def test_logs_that_end_otherwise(lines, found):
    state, line = judge(lines)
    assert state == found[0]
    assert line.startswith(found[1])


def test_the_end_of_a_long_log_is_enough(tmp_path):
    path = tmp_path / "job.log"
    error = "2026-01-01 00:00:00,000 ERROR It is full."
    path.write_text("x\n" * END + error + "\n")
    assert read_log(path).line == "It is full."
    assert sys.getsizeof(path.read_text()) > END
