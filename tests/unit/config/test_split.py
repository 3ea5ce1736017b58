"""The splits take up all recordings, and a way of dividing has the keys it needs."""

import pytest

from tests.unit.config.changes import assert_refused, loaded, put

FOLDER = {"source": "folder", "path": "x", "pattern": r"(?P<label>\d)_(?P<speaker>\w+)_"}


def changes(*all_changes):
    def change(raw):
        for each in all_changes:
            each(raw)

    return change


def of_folder(split, pattern=FOLDER["pattern"]):
    return changes(
        put("corpora/mine", FOLDER | {"pattern": pattern}),
        put("study/corpora", ["mine"]),
        put("split", split),
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("split/train", 0.9), ["split", "train + validation + test is 1.1"]),
        (put("split/test", 0), ["split.test", "0"]),
        (put("split/by", "class"), ["split.by", "'class'", "'speaker'"]),
        (put("split/folds", 3), ["split", "folds is for by: speaker, but by is random"]),
        (put("split", {"by": "speaker", "folds": 1}), ["split.folds", "1"]),
        (put("split", {"by": "speaker", "folds": "each"}), ["split.folds", "each"]),
        (put("split", {"by": "take"}), ["by: take needs the key test_takes"]),
        (put("split", {"by": "take", "test_takes": "4-0"}), ["test_takes", "4-0 is empty"]),
        (put("split", {"by": "take", "test_takes": ["a b"]}), ["'a b' is neither a take nor"]),
        (put("split", {"by": "take", "test_takes": []}), ["split.test_takes"]),
        (put("split", {"by": "file"}), ["by: file needs the key file"]),
        (put("split/file", "x.csv"), ["file is for by: file, but by is random"]),
        (
            of_folder({"by": "take", "test_takes": "0"}),
            ["corpora.mine.pattern has no group named 'take'", "(?P<take>...)"],
        ),
        (
            of_folder({"by": "speaker"}, r"(?P<label>\d)"),
            ["corpora.mine.pattern has no group named 'speaker'"],
        ),
        (of_folder({"by": "speaker", "folds": "all"}), ["split.folds: all", "corpus 'mine'"]),
        (
            changes(
                put("study/corpora", ["espeak", "fsdd"]),
                put("split", {"by": "file", "file": "x.csv"}),
            ),
            ["split.file: one file cannot divide several corpora (espeak, fsdd)"],
        ),
        (
            put("split", {"by": "speaker", "folds": 3}),
            ["split.folds: recipe 'noise' has a poison"],
        ),
        (
            changes(put("split", {"by": "speaker", "folds": 3}), put("listening", {})),
            ["split.folds: the section 'listening'"],
        ),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)


@pytest.mark.parametrize(
    ("takes", "tested"),
    [
        ("0-4", ["0", "4", "04"]),
        (["0-1", 7, "b"], ["1", "07", "b"]),
        (3, ["3", "003"]),
        ("a-b", ["a-b"]),
    ],
)
def test_takes_are_numbers_ranges_or_names(raw, takes, tested):
    split = loaded(raw, "split", {"by": "take", "test_takes": takes}).split
    assert all(map(split.is_test_take, tested))
    assert not any(map(split.is_test_take, ["", "5", "12", "c", "40"]))
