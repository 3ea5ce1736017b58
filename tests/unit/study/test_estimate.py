"""How long jobs take together: the sum of their costs, or the longest chain of them."""

import pytest

from mishear.study.estimate import PlannedJob, estimate


class Known:
    """Costs that a test gives: measured ones, and those of a reference."""

    def __init__(self, measured=(), referred=()):
        self.tables = dict(measured), dict(referred)

    def measured(self, rule, names):
        return self.tables[0].get(rule)

    def referred(self, rule, names):
        return self.tables[1].get(rule)


def job(rule, inputs=(), outputs=("x",), **given):
    return PlannedJob(rule, {}, inputs=list(inputs), outputs=list(outputs), **given)


def test_jobs_share_the_cores():
    jobs = [job("train", outputs=[str(number)]) for number in range(10)]
    found = estimate(jobs, Known({"train": 6.0}), cores=4, gpus=None)
    assert found.seconds == 15.0
    assert (found.measured, found.referred, found.unknown) == (10, 0, 0)


def test_a_chain_takes_as_long_on_any_number_of_cores():
    chain = [job("a", outputs=["1"]), job("b", ["1"], ["2"]), job("b", ["2", "given"], ["3"])]
    found = estimate(chain, Known({"a": 5.0}, {"b": 2.0}), cores=100, gpus=None)
    assert found.seconds == 9.0
    assert (found.measured, found.referred) == (1, 2)


def test_several_cores_shorten_a_job_and_not_the_sum():
    jobs = [job("synthesise", threads=4)]
    assert estimate(jobs, Known({"synthesise": 20.0}), cores=8, gpus=None).seconds == 5.0
    assert estimate(jobs, Known({"synthesise": 20.0}), cores=4, gpus=None).seconds == 5.0


@pytest.mark.parametrize(("gpus", "seconds"), [(None, 10.0), (1, 40.0), (2, 20.0), (0, 10.0)])
def test_jobs_on_gpus_share_the_places_on_them(gpus, seconds):
    jobs = [job("train", outputs=[str(number)], gpu=1) for number in range(4)]
    assert estimate(jobs, Known({"train": 10.0}), cores=16, gpus=gpus).seconds == seconds


def test_jobs_of_unknown_cost_are_counted_and_targets_are_not():
    jobs = [job("other"), job("all", ["x"], outputs=())]
    found = estimate(jobs, Known(), cores=1, gpus=None)
    assert (found.seconds, found.unknown) == (0.0, 1)
    assert estimate([], Known(), cores=1, gpus=None).seconds == 0.0
