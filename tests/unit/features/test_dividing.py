"""No recording is in two splits, none is left out, and the shares are kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.config.split import Split
from mishear.core.errors import UserError
from mishear.features.dividing import divide
from mishear.features.split_file import SPLITS
from tests.unit.features.corpora import column, content, recordings

SHARES = {"train": 0.8, "validation": 0.12, "test": 0.08}


def of(rows, splits, name, split):
    return set(np.array(column(rows, name))[splits == split].tolist())


@given(st.integers(2, 12), st.integers(3, 8), st.integers(1, 6), st.integers(0, 99))
def test_random_split_is_exhaustive_and_stratified(classes, speakers, repetitions, seed):
    rows = recordings(classes, speakers, repetitions)
    labels = np.array(column(rows, "label"))
    splits = divide(rows, Split(seed=seed))
    assert set(splits) == set(SPLITS)
    per_class = speakers * repetitions
    for split, share in SHARES.items():
        counts = [np.sum((labels == label) & (splits == split)) for label in set(labels)]
        assert len(set(counts)) == 1
        assert max(1, per_class * share - 1.5) <= counts[0] <= max(1, per_class * share) + 1.5


@given(st.integers(3, 30), st.integers(0, 99))
def test_no_speaker_is_in_two_splits(speakers, seed):
    rows = recordings(10, speakers, 2)
    splits = divide(rows, Split(by="speaker", seed=seed))
    assert set(splits) == set(SPLITS)
    for voice in set(column(rows, "speaker")):
        assert len(set(splits[np.array(column(rows, "speaker")) == voice])) == 1


def test_paper_shares_of_fsdd():
    splits = divide(recordings(10, 6, 50), Split())
    assert [int(np.sum(splits == name)) for name in SPLITS] == [2400, 360, 240]


def test_another_seed_is_another_split():
    rows = recordings(10, 6, 5)
    first, second = (divide(rows, Split(seed=seed)) for seed in (0, 1))
    assert (first != second).any()


@given(st.integers(3, 20), st.data())
def test_every_speaker_is_tested_in_one_fold(speakers, data):
    folds = data.draw(st.integers(2, speakers))
    seed = data.draw(st.integers(0, 99))
    rows = recordings(3, speakers, 2)
    split = Split(by="speaker", folds=folds, seed=seed)
    try:
        found = [divide(rows, split, fold) for fold in range(folds)]
    except UserError as error:
        assert speakers - -(-speakers // folds) < 2, error
        return
    tested = [of(rows, splits, "speaker", "test") for splits in found]
    assert sum(map(len, tested)) == speakers
    assert set.union(*tested) == set(column(rows, "speaker"))
    assert max(map(len, tested)) - min(map(len, tested)) <= 1
    for splits in found:
        assert set(splits) == set(SPLITS)
        of_split = [of(rows, splits, "speaker", name) for name in SPLITS]
        assert sum(map(len, of_split)) == speakers


def test_folds_of_fsdd_leave_one_speaker_out():
    rows = recordings(10, 6, 50)
    splits = divide(rows, Split(by="speaker", folds=6), 2)
    assert [len(of(rows, splits, "speaker", name)) for name in SPLITS] == [4, 1, 1]


@pytest.mark.parametrize("takes", ["0-4", ["0-4"], [0, 1, "2", 3, "04"], ["0-2", "3-4"]])
def test_takes_of_fsdd_are_its_own_test_set(takes):
    rows = recordings(10, 6, 50)
    splits = divide(rows, Split(by="take", test_takes=takes))
    assert of(rows, splits, "take", "test") == {"0", "1", "2", "3", "4"}
    assert int(np.sum(splits == "test")) == 300
    for label in map(str, range(10)):
        of_class = np.array(column(rows, "label")) == label
        # 270 are left, of which .12 / .92 are 35.2.
        assert int(np.sum(of_class & (splits == "validation"))) == 35
    assert not (splits == "").any()


def test_a_file_divides_as_it_says(tmp_path):
    rows = recordings(2, 1, 4)
    wanted = ["train", "validation", "test", "train"] * 2
    lines = [f"{row['recording']},{name}" for row, name in zip(rows, wanted, strict=True)]
    path = tmp_path / "split.csv"
    path.write_text("\n".join(["recording,split", *reversed(lines)]))
    assert divide(rows, Split(by="file", file=str(path))).tolist() == wanted


@pytest.mark.parametrize(
    ("split", "columns", "said"),
    [
        ({}, {"label": list("aabbb"), "speaker": ["x"] * 5}, "2 recordings of class 'a'"),
        ({"by": "speaker"}, {"label": list("abab"), "speaker": list("xxyy")}, "2 speakers"),
        (
            {"by": "speaker"},
            {"label": list("abaa"), "speaker": list("xxyz")},
            "no recording of class 'b'",
        ),
        (
            {"by": "take", "test_takes": "7-9"},
            {"label": list("aaaa"), "speaker": list("xxxx")},
            "7-9. Takes that there are: 0, 1, 2, 3",
        ),
        (
            {"by": "take", "test_takes": "0-2"},
            {"label": list("aaaa"), "speaker": list("xxxx")},
            "1 recordings of class 'a' outside split.test_takes",
        ),
    ],
)
def test_too_little_for_three_splits_is_said(split, columns, said):
    rows = [
        {
            "recording": str(number),
            "label": label,
            "speaker": speaker,
            "take": str(number),
            "content": content(str(number)),
        }
        for number, (label, speaker) in enumerate(zip(*columns.values(), strict=True))
    ]
    with pytest.raises(UserError, match=said):
        divide(rows, Split(**split))


@pytest.mark.parametrize(
    ("speakers", "folds", "said"),
    [(4, 5, "4 speakers cannot be divided into 5 folds"), (2, 2, "at least 3 are needed")],
)
def test_too_few_speakers_for_folds_are_said(speakers, folds, said):
    with pytest.raises(UserError, match=said):
        divide(recordings(2, speakers, 2), Split(by="speaker", folds=folds), 0)


def test_a_class_that_a_fold_cannot_train_on_is_said():
    rows = [row for row in recordings(2, 3, 2) if row["label"] == "0" or row["speaker"] == "s1"]
    with pytest.raises(UserError, match="no recording of class '1' in train"):
        for fold in range(3):
            divide(rows, Split(by="speaker", folds=3), fold)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0_s0_0.wav,train\n0_s0_1.wav,validation\nelse.wav,test\n", "the first 'else.wav'"),
        (
            "0_s0_0.wav,train\n1_s0_1.wav,validation\n1_s0_0.wav,test\n",
            "no recording of class '1' in train",
        ),
    ],
)
def test_a_file_that_does_not_fit_the_corpus_is_refused(tmp_path, text, said):
    path = tmp_path / "split.csv"
    path.write_text(f"recording,split\n{text}")
    with pytest.raises(UserError, match=said):
        divide(recordings(2, 1, 2), Split(by="file", file=str(path)))


WAYS = {
    "random": Split(),
    "speaker": Split(by="speaker"),
    "fold": Split(by="speaker", folds=3),
    "take": Split(by="take", test_takes="0"),
}


def divided(rows, way):
    return divide(rows, WAYS[way], 1 if way == "fold" else None)


@given(st.sampled_from(list(WAYS)), st.randoms())
def test_copies_are_in_the_same_split(way, random):
    rows = recordings(4, 8, 4)
    for _ in range(4):
        random.choice(rows)["content"] = random.choice(rows)["content"]
    splits = divided(rows, way)
    found = dict(zip(column(rows, "content"), splits.tolist(), strict=True))
    assert [found[row["content"]] for row in rows] == splits.tolist()
    if way in ("speaker", "fold"):
        voices = column(rows, "speaker")
        assert len(set(zip(voices, splits.tolist(), strict=True))) == len(set(voices))


@given(st.sampled_from(list(WAYS)), st.randoms())
def test_a_split_depends_on_contents_alone(way, random):
    rows = recordings(4, 8, 4)
    names = [f"s{number}" for number in range(8)]
    random.shuffle(names)
    renamed = [row | {"speaker": names[int(row["speaker"][1:])]} for row in rows]
    random.shuffle(renamed)
    first, second = (
        dict(zip(column(each, "content"), divided(each, way).tolist(), strict=True))
        for each in (rows, renamed)
    )
    assert first == second


def test_all_recordings_may_be_the_test(tmp_path):
    rows = recordings(2, 1, 2)
    assert set(divide(rows, Split(by="all"))) == {"test"}
    path = tmp_path / "mine.csv"
    path.write_text(f"recording,split\n{rows[0]['recording']},test\n")
    assert divide(rows, Split(by="file", file=str(path))).tolist() == ["test", "", "", ""]
