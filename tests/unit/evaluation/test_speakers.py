"""Who is tested, and whether the victims were trained on the same speakers."""

from dataclasses import replace

import numpy as np
import pytest

from mishear.core.tables.base import described
from mishear.core.tables.corpora import SPLIT
from mishear.evaluation.speakers import read_speakers_of_test, speakers_of_test
from mishear.features.split import Division

DIVISION = Division(
    recordings=np.array(["1", "2", "3", "4", "5"]),
    labels=np.array(["x", "y", "x", "y", "x"]),
    speakers=np.array(["anna", "anna", "ben", "carl", "carl"]),
    splits=np.array(["train", "validation", "test", "test", ""]),
    contents=np.array(list("abcde")),
)


def test_speakers_apart_are_clusters():
    found = speakers_of_test([DIVISION])
    assert found.names == ["ben", "carl"]
    assert found.trained_on == frozenset()
    assert found.clusters(["4", "3"]).tolist() == ["carl", "ben"]
    assert found.clusters_of_training(["1"]).tolist() == ["anna"]


@pytest.mark.parametrize(
    "splits",
    [
        ["train", "test", "test", "test", ""],  # anna is in both
        ["train", "train", "test", "", ""],  # one speaker
    ],
)
def test_otherwise_there_are_no_clusters(splits):
    found = speakers_of_test([replace(DIVISION, splits=np.array(splits))])
    assert found.clusters(["3"]) is None
    assert found.clusters_of_training(["1"]) is None


def test_a_corpus_without_speakers_has_none():
    found = speakers_of_test([replace(DIVISION, speakers=np.array([""] * 5))])
    assert (found.names, found.trained_on) == ([], frozenset())
    assert found.clusters(["3"]) is None


def test_folds_are_read_as_one(tmp_path):
    folds = {"a": ["train", "train", "test", "train", "train"]}
    folds["b"] = ["test", "test", "train", "train", "validation"]
    for name, splits in folds.items():
        columns = ("recording", "label", "speaker", "content")
        values = (DIVISION.recordings, DIVISION.labels, DIVISION.speakers, DIVISION.contents)
        SPLIT.write(
            (
                dict(zip(columns, row, strict=True)) | {"split": split}
                for row, split in zip(zip(*values, strict=True), splits, strict=True)
            ),
            tmp_path / name,
        )
    keys = [{"corpus": "digits"}] * 2
    found = read_speakers_of_test(described(keys, [tmp_path / name for name in folds]))["digits"]
    assert found.names == ["anna", "ben"]
    assert found.clusters(["1", "3"]).tolist() == ["anna", "ben"]
