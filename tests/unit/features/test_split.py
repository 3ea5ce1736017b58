"""A split is read as it was written, in the order of the index."""

import numpy as np
import pytest

from mishear.core.errors import UserError
from mishear.corpora.index import Recording, write_index
from mishear.features.dividing import write_split
from mishear.features.split import check_rows, read_split
from mishear.features.split_file import SPLITS
from tests.unit.features.corpora import column, recordings

AUDIO = {"sample_rate": 8000, "channels": 1, "samples": 8000, "clipped": 0}
AUDIO |= {"peak": 0.5, "cancelled_db": 0.0, "speech_end": 1.0}


def index(folder, rows):
    path = folder / "index.csv"
    write_index([Recording(**row, **AUDIO) for row in rows], path)
    return path


def test_what_is_written_is_read(tmp_path):
    rows = recordings(3, 3, 3)
    write_split(index(tmp_path, rows), {"by": "random"}, None, tmp_path / "split.csv")
    division = read_split(tmp_path / "split.csv")
    assert division.labels.tolist() == column(rows, "label")
    assert division.speakers.tolist() == column(rows, "speaker")
    assert division.classes == ["0", "1", "2"]
    assert [division.classes[i] for i in division.class_indices] == column(rows, "label")
    together = np.concatenate([division.rows(split) for split in SPLITS])
    assert sorted(together.tolist()) == list(range(len(rows)))


def test_a_fold_is_written_with_its_own_test(tmp_path):
    path = index(tmp_path, recordings(3, 4, 2))
    tested = set()
    for fold in range(4):
        write_split(path, {"by": "speaker", "folds": 4}, fold, tmp_path / "split.csv")
        division = read_split(tmp_path / "split.csv")
        tested |= set(division.speakers[division.rows("test")].tolist())
    assert tested == {"s0", "s1", "s2", "s3"}


def test_recordings_that_are_left_out_keep_their_rows(tmp_path):
    rows = recordings(2, 2, 2)
    given = "".join(
        f"{row['recording']},{split}\n"
        for row, split in zip(rows[1:], ("train", "validation", "test") * 3, strict=False)
    )
    (tmp_path / "mine.csv").write_text(f"recording,split\n{given}")
    split = {"by": "file", "file": str(tmp_path / "mine.csv")}
    write_split(index(tmp_path, rows), split, None, tmp_path / "split.csv")
    division = read_split(tmp_path / "split.csv")
    assert division.splits[0] == ""
    assert division.recordings.tolist() == column(rows, "recording")
    assert sum(len(division.rows(name)) for name in SPLITS) == len(rows) - 1


@pytest.mark.parametrize("sizes", [[26], [28], [13, 13], [27, 1], []])
def test_an_array_of_more_or_fewer_recordings_is_named(tmp_path, sizes):
    write_split(index(tmp_path, recordings(3, 3, 3)), {"by": "random"}, None, tmp_path / "s.csv")
    division = read_split(tmp_path / "s.csv")
    arrays = [tmp_path / f"shard{number}.npy" for number in range(len(sizes))]
    for path, size in zip(arrays, sizes, strict=True):
        np.save(path, np.zeros((size, 1)))
    np.save(tmp_path / "whole.npy", np.zeros((27, 1)))
    check_rows([tmp_path / "whole.npy"], division)
    with pytest.raises(UserError, match=f"{sum(sizes)} recordings are there, and 27 in the split"):
        check_rows(arrays, division)
