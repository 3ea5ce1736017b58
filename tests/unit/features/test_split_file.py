"""A split of the user's own is read, and every mistake in it is named with its place."""

import pytest

from mishear.core.errors import UserError
from mishear.features.split_file import read_split_file

WHOLE = "recording,split\na.wav,train\nb.wav,validation\nc.wav,test\n"


def test_splits_are_read_by_recording(tmp_path):
    path = tmp_path / "split.csv"
    path.write_text("split,speaker,recording\ntrain,x,a.wav\nvalidation,y,b.wav\ntest,z,c.wav\n")
    assert read_split_file(path) == {"a.wav": "train", "b.wav": "validation", "c.wav": "test"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("recording,split", "file,split", "lacks the columns recording"),
        ("b.wav,validation", "b.wav,dev", "line 3: 'dev' is not a split"),
        ("b.wav,validation", "b.wav,", "line 3: '' is not a split"),
        ("b.wav,validation", "b.wav", "line 3: '' is not a split"),
        ("b.wav,validation", "a.wav,test", "line 3: 'a.wav' is listed twice"),
        ("c.wav,test\n", "", "no recording in test"),
        (WHOLE, "", "lacks the columns recording, split"),
    ],
)
def test_a_mistake_is_named(tmp_path, old, new, said):
    path = tmp_path / "split.csv"
    path.write_text(WHOLE.replace(old, new))
    with pytest.raises(UserError, match=said) as error:
        read_split_file(path)
    assert str(path) in str(error.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(UserError, match=r"nowhere.csv cannot be read"):
        read_split_file(tmp_path / "nowhere.csv")
    (tmp_path / "bytes.csv").write_bytes(b"recording,split\n\xff,train\n")
    with pytest.raises(UserError, match="not a CSV file in UTF-8"):
        read_split_file(tmp_path / "bytes.csv")
