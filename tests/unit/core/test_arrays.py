"""Arrays larger than memory: what is written in parts is read as a whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.arrays import RowsInShards, shard_slice, write_chunks


@given(st.integers(1, 5000), st.integers(1, 40))
def test_shards_are_disjoint_and_exhaustive(count, shards):
    rows = [
        row for shard in range(shards) for row in range(count)[shard_slice(count, shard, shards)]
    ]
    assert rows == list(range(count))


@pytest.fixture(scope="module")
def in_shards(tmp_path_factory):
    """An array of seven rows in three shards of two and three rows."""
    values = np.arange(14.0).reshape(7, 2)
    folder = tmp_path_factory.mktemp("shards")
    shards = [folder / f"{number}.npy" for number in range(3)]
    for number, shard in enumerate(shards):
        part = values[shard_slice(7, number, 3)]
        write_chunks(shard, len(part), [part])
    return values, RowsInShards(shards, 7)


@given(st.lists(st.integers(0, 6), max_size=9))
def test_rows_are_found_in_their_shards_in_any_order(in_shards, rows):
    values, sharded = in_shards
    rows = np.array(rows, dtype=int)
    assert np.array_equal(sharded[rows], values[rows])


def test_a_row_that_is_not_there_is_no_other_row(in_shards):
    with pytest.raises(IndexError):
        in_shards[1][np.array([0, 7])]
