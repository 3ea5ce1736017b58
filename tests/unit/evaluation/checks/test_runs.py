"""Runs are read as they were written."""

import math
from dataclasses import replace

import pytest

from mishear.core.errors import UserError
from mishear.core.tables.evaluation import RESULTS
from mishear.evaluation.checks.runs import (
    Run,
    read_runs,
    write_runs,
)
from mishear.evaluation.results import read_results
from tests.unit.conftest import result_row
from tests.unit.evaluation.checks.conftest import (
    SOUND,
    by_name,
    invented,
)


def test_runs_are_read_as_written(tmp_path, undefended):
    runs = [*SOUND.values(), invented(3, name="free", eps=math.inf, norm="l2", note="a, b")]
    runs.append(replace(invented(3, name="sized"), sizes={"7.wav": 2.5}))
    write_runs(runs, tmp_path / "runs.csv")
    assert read_runs(tmp_path / "runs.csv", "dB") == by_name(*runs)
    write_runs(undefended.values(), tmp_path / "baselines.csv")
    assert read_runs(tmp_path / "baselines.csv") == undefended


def test_a_run_counts_what_is_left():
    run = invented(5, n=20)
    assert (run.left, run.n, run.accuracy) == (5, 20, 0.25)
    assert run.of(invented(0, n=10)).left == 5
    assert run.of(invented(0, n=4)).left == 4
    assert run.limit == "0.5 dB"
    quiet, loud = (Run("x", eps, "linf", {}, {}, unit="dB SNR") for eps in (60, 20))
    assert loud.size > quiet.size


def test_a_table_that_was_cut_is_named_where_its_run_is_compared(tmp_path):
    RESULTS.write([result_row("0.wav")], tmp_path / "cut.csv")
    run = Run.of_results("evaluation", 0.5, "linf", read_results(tmp_path / "cut.csv"))
    with pytest.raises(UserError, match=f"(?s)are missing.*rm {tmp_path}/cut.csv"):
        run.of(invented(0, n=10))
