"""A corpus with too few usable recordings, or not the expected ones, is refused."""

import numpy as np
import pytest

from mishear.core.errors import UserError
from mishear.corpora.checking import check_index
from mishear.corpora.index import index_recordings, read_rejected, write_rejected
from mishear.corpora.sources import Expectation
from tests.unit.corpora.recordings import NOISE, PATTERN, write

EXPECTED = Expectation(speakers=2, recordings=2, sample_rate=8000, channels=1, bits=16)


def build(root, out, classes=None, expectation=None, max_rejected_share=0.05):
    """Look at all recordings, write down the rejected ones, and check."""
    rows, rejected = index_recordings(root, PATTERN, classes, expectation)
    write_rejected(rejected, out / "rejected.csv")
    check_index(rows, rejected, classes, max_rejected_share, expectation, out / "rejected.csv")
    return rows


def test_too_many_rejected(tmp_path):
    root = tmp_path / "root"
    for number in range(12):
        write(root / f"1_a_{number}.wav")
    for number in range(3):
        write(root / f"2_b_{number}.wav", np.zeros(9))
    (root / "3_c_0.wav").write_bytes(b"")
    write(root / "unnamed.wav")
    with pytest.raises(UserError) as caught:
        build(root, tmp_path, max_rejected_share=0.1)
    message = str(caught.value)
    assert "5 of 17 recordings cannot be used, more than the allowed share of 0.1" in message
    assert "3 x constant: all samples are 0 (2_b_0.wav)" in message
    assert "1 x empty: 0 bytes (3_c_0.wav)" in message
    assert str(tmp_path / "rejected.csv") in message and "max_rejected_share" in message
    assert len(read_rejected(tmp_path / "rejected.csv")) == 5


def test_few_rejected_are_only_listed(tmp_path):
    root = tmp_path / "root"
    for number in range(19):
        write(root / f"1_a_{number}.wav")
    write(root / "1_a_x.wav", np.zeros(9))
    assert len(build(root, tmp_path, max_rejected_share=0.05)) == 19
    assert (tmp_path / "rejected.csv").read_text() == (
        "recording,reason\n1_a_x.wav,constant: all samples are 0\n"
    )


def test_all_rejected_fails_whatever_share_is_allowed(tmp_path):
    write(tmp_path / "root" / "noise.wav")
    with pytest.raises(UserError, match="1 of 1 recordings cannot be used"):
        build(tmp_path / "root", tmp_path, max_rejected_share=1.0)


def test_a_class_without_recordings(tmp_path):
    write(tmp_path / "root" / "1_a_0.wav")
    with pytest.raises(UserError, match="no usable recordings of the classes 2, 3; found: 1"):
        build(tmp_path / "root", tmp_path, classes=["1", "2", "3"])


def complete_corpus(root):
    for name in ("anna", "bert"):
        for label in "12":
            for repetition in range(2):
                write(root / f"{label}_{name}_{repetition}.wav")


def check_expected(tmp_path, share=0.5):
    root = tmp_path / "root"
    return build(root, tmp_path, classes=["1", "2"], expectation=EXPECTED, max_rejected_share=share)


def test_expected_content(tmp_path):
    complete_corpus(tmp_path / "root")
    write(tmp_path / "root" / "demo.wav")
    assert len(check_expected(tmp_path)) == 8


def test_a_missing_recording(tmp_path):
    complete_corpus(tmp_path / "root")
    (tmp_path / "root" / "1_bert_1.wav").unlink()
    with pytest.raises(UserError) as caught:
        check_expected(tmp_path)
    assert "not the complete corpus" in str(caught.value)
    assert "speaker bert, class 1: 1 recordings instead of 2" in str(caught.value)
    assert "source: folder" in str(caught.value)


def test_a_missing_speaker(tmp_path):
    complete_corpus(tmp_path / "root")
    for path in (tmp_path / "root").glob("*_bert_*"):
        path.unlink()
    with pytest.raises(UserError, match="1 speakers instead of 2"):
        check_expected(tmp_path)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"sample_rate": 16000}, "16000 Hz, 1 channel, PCM_16"),
        ({"waveform": np.column_stack([NOISE, NOISE])}, "8000 Hz, 2 channels, PCM_16"),
        ({"subtype": "PCM_24"}, "8000 Hz, 1 channel, PCM_24"),
    ],
)
def test_another_format_than_expected(tmp_path, options, found):
    complete_corpus(tmp_path / "root")
    write(tmp_path / "root" / "2_anna_0.wav", **options)
    with pytest.raises(UserError) as caught:
        check_expected(tmp_path)
    assert "speaker anna, class 2: 1 recordings instead of 2" in str(caught.value)
    assert f"rejected: 2_anna_0.wav: format: {found} instead of 8000 Hz, 1 channel, PCM_16" in str(
        caught.value
    )


def test_a_check_without_any_recording():
    with pytest.raises(UserError, match="0 of 0"):
        check_index([], [])


def test_copies_are_counted_in_the_log(tmp_path, caplog):
    for name in ("1_a_0", "1_a_1", "2_b_0"):
        write(tmp_path / "root" / f"{name}.wav")
    write(tmp_path / "root" / "2_b_1.wav", -NOISE)
    build(tmp_path / "root", tmp_path)
    counted, ambiguous = (record.getMessage() for record in caplog.records)
    assert counted.startswith("2 of 4 recordings are the same audio as another one.")
    assert ambiguous == "1 recordings have copies with another label."


def test_without_copies_nothing_is_logged(tmp_path, caplog):
    write(tmp_path / "root" / "1_a_0.wav")
    write(tmp_path / "root" / "1_a_1.wav", -NOISE)
    build(tmp_path / "root", tmp_path)
    assert caplog.records == []
