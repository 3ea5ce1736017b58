"""No recording is in two splits, none is left out, and the shares are kept."""

from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.corpora.index import Recording, write_index
from mishear.features.split import SPLITS, divide, read_split, write_split

SHARES = {"train": 0.8, "validation": 0.12, "test": 0.08}


def recordings(classes, speakers, repetitions):
    labels = [str(c) for c in range(classes) for _ in range(speakers * repetitions)]
    voices = [f"s{s}" for _ in range(classes) for s in range(speakers) for _ in range(repetitions)]
    return labels, voices, distinct(len(labels))


def distinct(count):
    """Contents of recordings without copies, in no order."""
    return [sha256(str(number).encode()).hexdigest()[:16] for number in range(count)]


@given(st.integers(2, 12), st.integers(3, 8), st.integers(1, 6), st.integers(0, 99))
def test_random_split_is_exhaustive_and_stratified(classes, speakers, repetitions, seed):
    labels, voices, contents = recordings(classes, speakers, repetitions)
    splits = divide(labels, voices, contents, {"by": "random", **SHARES, "seed": seed})
    assert set(splits) == set(SPLITS)
    per_class = speakers * repetitions
    for split, share in SHARES.items():
        counts = [np.sum((np.array(labels) == label) & (splits == split)) for label in set(labels)]
        assert len(set(counts)) == 1
        assert max(1, per_class * share - 1.5) <= counts[0] <= max(1, per_class * share) + 1.5


@given(st.integers(3, 30), st.integers(0, 99))
def test_no_speaker_is_in_two_splits(speakers, seed):
    labels, voices, contents = recordings(10, speakers, 2)
    splits = divide(labels, voices, contents, {"by": "speaker", **SHARES, "seed": seed})
    assert set(splits) == set(SPLITS)
    for voice in set(voices):
        assert len(set(splits[np.array(voices) == voice])) == 1


def test_paper_shares_of_fsdd():
    labels, voices, contents = recordings(10, 6, 50)
    splits = divide(labels, voices, contents, {"by": "random", **SHARES, "seed": 0})
    assert [int(np.sum(splits == name)) for name in SPLITS] == [2400, 360, 240]


def test_another_seed_is_another_split():
    labels, voices, contents = recordings(10, 6, 5)
    first, second = (
        divide(labels, voices, contents, {"by": "random", **SHARES, "seed": seed})
        for seed in (0, 1)
    )
    assert (first != second).any()


@pytest.mark.parametrize(
    ("by", "labels", "voices", "said"),
    [
        ("random", ["a", "a", "b", "b", "b"], ["x"] * 5, "2 recordings of class 'a'"),
        ("speaker", ["a", "b", "a", "b"], ["x", "x", "y", "y"], "2 speakers"),
        ("speaker", ["a", "b", "a", "a"], ["x", "x", "y", "z"], "no recording of class 'b'"),
    ],
)
def test_too_little_for_three_splits_is_said(by, labels, voices, said):
    with pytest.raises(UserError, match=said):
        divide(labels, voices, distinct(len(labels)), {"by": by, **SHARES, "seed": 0})


@given(st.sampled_from(["random", "speaker"]), st.integers(0, 99), st.randoms())
def test_copies_are_in_the_same_split(by, seed, random):
    labels, voices, contents = recordings(4, 8, 3)
    for _ in range(4):
        here, there = random.randrange(len(labels)), random.randrange(len(labels))
        contents[here] = contents[there]
    splits = divide(labels, voices, contents, {"by": by, **SHARES, "seed": seed})
    found = dict(zip(contents, splits.tolist(), strict=True))
    assert [found[content] for content in contents] == splits.tolist()
    if by == "speaker":
        assert len(set(zip(voices, splits.tolist(), strict=True))) == len(set(voices))


@given(st.sampled_from(["random", "speaker"]), st.integers(0, 99), st.randoms())
def test_a_split_depends_on_contents_alone(by, seed, random):
    rows = list(zip(*recordings(4, 8, 3), strict=True))
    names = [f"s{number}" for number in range(8)]
    random.shuffle(names)
    renamed = [(label, names[int(voice[1:])], content) for label, voice, content in rows]
    random.shuffle(renamed)
    split = {"by": by, **SHARES, "seed": seed}
    first, second = (
        dict(zip([row[2] for row in each], divide(*zip(*each, strict=True), split), strict=True))
        for each in (rows, renamed)
    )
    assert first == second


def test_what_is_written_is_read(tmp_path):
    labels, voices, contents = recordings(3, 3, 3)
    index = [
        Recording(f"{number:02d}.wav", label, voice, 8000, 1, 8000, contents[number])
        for number, (label, voice) in enumerate(zip(labels, voices, strict=True))
    ]
    write_index(index, tmp_path / "index.csv")
    split = {"by": "random", **SHARES, "seed": 0}
    write_split(tmp_path / "index.csv", split, tmp_path / "split.csv")
    division = read_split(tmp_path / "split.csv")
    assert division.labels.tolist() == labels
    assert division.contents.tolist() == contents
    assert division.classes == ["0", "1", "2"]
    assert [division.classes[i] for i in division.class_indices] == labels
    together = np.concatenate([division.rows(split) for split in SPLITS])
    assert sorted(together.tolist()) == list(range(len(labels)))


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(3, [1, 1, 1]), (7, [5, 1, 1]), (9, [7, 1, 1]), (18, [14, 2, 2]), (20, [16, 2, 2])],
)
def test_what_is_left_goes_where_the_remainder_is_largest_and_no_split_is_empty(count, sizes):
    splits = divide(["a"] * count, distinct(count), distinct(count), RANDOM)
    assert [int(np.sum(splits == name)) for name in SPLITS] == sizes


RANDOM = {"by": "random", **SHARES, "seed": 0}


def test_an_index_is_divided_by_its_speakers(tmp_path):
    labels, voices, contents = recordings(3, 8, 2)
    columns = zip(labels, voices, contents, strict=True)
    index = [
        Recording(f"{number:02d}.wav", label, voice, 8000, 1, 8000, content)
        for number, (label, voice, content) in enumerate(columns)
    ]
    write_index(index, tmp_path / "index.csv")
    split = {"by": "speaker", **SHARES, "seed": 0}
    write_split(tmp_path / "index.csv", split, tmp_path / "split.csv")
    division = read_split(tmp_path / "split.csv")
    assert division.splits.tolist() == divide(labels, voices, contents, split).tolist()
    assert division.speakers.tolist() == voices
