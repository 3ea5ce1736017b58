"""Runs are read as they were written."""

import math
from dataclasses import replace

from mishear.evaluation.checks.runs import (
    Run,
    read_runs,
    write_runs,
)
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
