"""Memory that runs out makes batches smaller, not results wrong."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mishear.config.evaluation import EvaluationSettings
from mishear.core.errors import UserError
from mishear.runtime.batching import Batches, in_batches

CONFIGS = Path(__file__).parents[3] / "config"


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


@given(st.integers(1, 300), st.sets(st.integers(0, 2**32 - 1) | st.integers(0, 600), max_size=6))
def test_no_two_victims_and_no_two_batches_share_a_stream(size, seeds):
    drawn = [
        Batches(seed, size, torch.device("cpu"), first).seed_of(start)
        for seed in seeds
        for first in (0, 20 * size)
        for start in range(0, 20 * size, size)
    ]
    assert len(set(drawn)) == len(drawn)
    assert all(0 <= seed < 2**32 for seed in drawn), "NumPy takes no larger ones"


def test_a_seed_that_the_batches_of_another_would_reach_is_hashed():
    """Golden: the published numbers have the first kind."""
    batches = [Batches(seed, 60, torch.device("cpu")) for seed in (4, 64)]
    assert [batches[0].seed_of(start) for start in (0, 60, 180)] == [4, 64, 184]
    assert [batches[1].seed_of(start) for start in (0, 60)] == [680191721, 3857234136]


@pytest.mark.parametrize("file", sorted(CONFIGS.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_shipped_study_has_seeds_smaller_than_its_batches(file):
    """So its victims' streams are those that the published numbers have."""
    config = yaml.safe_load(file.read_text(encoding="utf-8"))
    base = yaml.safe_load((CONFIGS / "config.yaml").read_text(encoding="utf-8"))
    attacks = base["attacks"] | config.get("attacks", {})
    sizes = [definition.get("batch_size") for definition in attacks.values()]
    sizes += [
        EvaluationSettings(**each.get("evaluation", {})).batch_size for each in (base, config)
    ]
    assert max(config["study"]["seeds"]) < min(size for size in sizes if size)


def test_a_job_has_the_seed_of_its_victim_and_knows_where_its_recordings_begin():
    job = SimpleNamespace(
        wildcards=SimpleNamespace(seed="7"), params=SimpleNamespace(batch_size=20)
    )
    device = torch.device("cpu")
    assert Batches.of_job(job, device) == Batches(7, 20, device, 0)
    assert Batches.of_job(job, device, 40) == Batches(7, 20, device, 40)
