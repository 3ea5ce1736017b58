"""Every recording is in one shard; galleries show recordings of different classes."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.evaluation.recordings import (
    gallery_positions,
    gallery_rows,
    rows_of_job,
    select,
    select_waveforms,
    shard_rows,
)


@given(st.integers(0, 300), st.integers(1, 12), st.integers(1, 50))
def test_shards_divide_the_batches_among_them(count, shards, batch_size):
    rows = [shard_rows(count, shard, shards, batch_size) for shard in range(shards)]
    covered = [row for part in rows for row in range(count)[part]]
    assert covered == list(range(count))
    assert all(part.start % batch_size == 0 for part in rows)


def test_a_job_without_shards_has_all_test_recordings(division):
    job = SimpleNamespace(wildcards=SimpleNamespace(), params=SimpleNamespace(batch_size=1))
    rows, first = rows_of_job(job, division)
    assert rows.tolist() == division.rows("test").tolist()
    assert first == 0
    job.wildcards = SimpleNamespace(shard="1", shards="2")
    rows, first = rows_of_job(job, division)
    assert (rows.tolist(), first) == (division.rows("test")[2:].tolist(), 2)


def test_inputs_are_read_a_part_at_a_time(division, tmp_path):
    values = np.arange(12, dtype=np.float32).reshape(12, 1, 1, 1)
    np.save(tmp_path / "spectrograms.npy", values)
    recordings = select(tmp_path / "spectrograms.npy", division, np.array([7, 2, 9]))
    assert len(recordings) == 3
    assert recordings.input_shape == (1, 1, 1)
    assert recordings.inputs().ravel().tolist() == [7, 2, 9]
    assert recordings.inputs(slice(1, 3)).ravel().tolist() == [2, 9]
    assert recordings.names.tolist() == ["07.wav", "02.wav", "09.wav"]
    assert [recordings.classes[target] for target in recordings.targets] == ["two", "one", "one"]


def test_waveforms_are_read_from_their_shards(division, tmp_path):
    shards = [tmp_path / f"shard{shard}.npy" for shard in range(3)]
    for shard, path in enumerate(shards):
        np.save(path, np.full((4, 5), shard, np.float32))
    recordings = select_waveforms(shards, division, np.array([11, 3, 6]))
    assert recordings.names.tolist() == ["11.wav", "03.wav", "06.wav"]
    assert [recordings.classes[target] for target in recordings.targets] == ["one", "three", "two"]
    assert recordings.input_shape == (5,)
    assert recordings.inputs()[:, 0].tolist() == [2, 0, 1]


def test_a_gallery_shows_test_recordings_of_different_classes(division):
    rows = gallery_rows(division, 3)
    assert (division.splits[rows] == "test").all()
    assert division.labels[rows].tolist() == ["one", "three", "two"]
    assert len(gallery_rows(division, 99)) == (division.splits == "test").sum()


def test_a_gallery_shows_the_recordings_named(division):
    assert gallery_rows(division, ["05.wav", "02.wav"]).tolist() == [5, 2]
    assert gallery_positions(division, ["05.wav", "02.wav"]).tolist() == [1, 0]


@pytest.mark.parametrize("name", ["x.wav", "00.wav"])
def test_a_gallery_shows_no_other_recording(division, name):
    message = rf"report\.gallery\.recordings: '{name}' is not a test recording\. Take one"
    with pytest.raises(UserError, match=message):
        gallery_rows(division, [name])
