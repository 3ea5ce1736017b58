"""Memory that runs out makes batches smaller, not results wrong."""

from types import SimpleNamespace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.runtime.batching import Batches, in_batches


@given(st.integers(0, 100), st.integers(1, 40), st.integers(1, 40))
def test_all_rows_are_worked_through_once_whatever_the_memory_holds(count, batch_size, capacity):
    done = []

    def work(rows):
        if rows.stop - rows.start > capacity:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate much.")
        done.extend(range(rows.start, rows.stop))

    in_batches(work, count, batch_size)
    assert done == list(range(count))


def test_it_says_when_memory_ran_out(caplog):
    sizes = []

    def work(rows):
        sizes.append(rows.stop - rows.start)
        if sizes[-1] > 3:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    in_batches(work, 8, 8)
    assert sizes == [8, 4, 2, 2, 2, 2]
    assert "out of GPU memory with 8 recordings" in caplog.text


def test_memory_for_no_recording_at_all_is_an_error():
    def work(rows):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    with pytest.raises(UserError, match="memory does not suffice"):
        in_batches(work, 4, 4)


def test_a_batch_has_the_same_seed_whichever_part_of_a_computation_it_is_in():
    whole = Batches(7, 20, torch.device("cpu"))
    part = Batches(7, 20, torch.device("cpu"), first=40)
    assert whole.seed_of(60) == part.seed_of(20) == 67


def test_a_job_has_the_seed_of_its_victim_and_knows_where_its_recordings_begin():
    job = SimpleNamespace(
        wildcards=SimpleNamespace(seed="7"), params=SimpleNamespace(batch_size=20)
    )
    device = torch.device("cpu")
    assert Batches.of_job(job, device) == Batches(7, 20, device, 0)
    assert Batches.of_job(job, device, 40) == Batches(7, 20, device, 40)
