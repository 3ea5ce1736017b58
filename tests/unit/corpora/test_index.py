"""Indexing folders of good, odd and broken recordings."""

import os
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.corpora.index import (
    Recording,
    Rejected,
    check_index,
    index_recordings,
    listing_digest,
    read_index,
    read_rejected,
    write_index,
    write_rejected,
)
from mishear.corpora.sources import SOURCES, Expectation
from mishear.corpora.unpack import unpack

PATTERN = r"(?P<label>[0-9a-z]+)_(?P<speaker>[a-z]+)_"
NOISE = np.random.default_rng(0).uniform(-0.5, 0.5, 4000)


def write(path, waveform=NOISE, sample_rate=8000, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, waveform, sample_rate, **options)
    return path


def reasons(rejected):
    return {row.recording: row.reason for row in rejected}


def assert_rejected(path, reason):
    """The file is rejected, and a sound one beside it is not."""
    write(path.parent / "1_good_0.wav")
    rows, rejected = index_recordings(path.parent, PATTERN)
    assert [row.recording for row in rows] == ["1_good_0.wav"]
    (row,) = rejected
    assert (row.recording, row.reason) == (path.name, reason)


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        (".wav", {"subtype": subtype})
        for subtype in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")
    ]
    + [
        (".wav", {"format": "WAVEX"}),
        (".wav", {"format": "RF64"}),
        (".wav", {"endian": "BIG"}),
        (".flac", {}),
        (".ogg", {}),
        (".WAV", {"format": "WAV"}),
    ],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_every_format(tmp_path, suffix, options, channels):
    waveform = np.column_stack([NOISE] * channels)
    write(tmp_path / f"7_anna_0{suffix}", waveform, 16000, **options)
    rows, rejected = index_recordings(tmp_path, PATTERN)
    assert rejected == []
    assert rows == [Recording(f"7_anna_0{suffix}", "7", "anna", 16000, channels, 4000)]
    assert rows[0].seconds == 0.25


def test_rows_are_sorted_and_relative(tmp_path):
    for name in ("b/1_x_0.wav", "a/2_x_0.wav", "a-/3_x_0.wav", "4_x_0.wav"):
        write(tmp_path / name)
    rows, _ = index_recordings(tmp_path, PATTERN)
    names = [row.recording for row in rows]
    assert names == sorted(names)
    assert set(names) == {"b/1_x_0.wav", "a/2_x_0.wav", "a-/3_x_0.wav", "4_x_0.wav"}


def test_the_pattern_sees_the_folders(tmp_path):
    write(tmp_path / "anna" / "yes" / "1.wav")
    rows, _ = index_recordings(tmp_path, r"^(?P<speaker>\w+)/(?P<label>\w+)/")
    assert (rows[0].label, rows[0].speaker) == ("yes", "anna")


def test_the_group_speaker_is_optional(tmp_path):
    write(tmp_path / "yes.wav")
    assert index_recordings(tmp_path, r"(?P<label>\w+)\.wav$")[0][0].speaker == ""


def test_hidden_files_are_passed_over(tmp_path):
    write(tmp_path / "1_a_0.wav")
    for name in ("._1_a_0.wav", ".DS_Store", ".git/1_a_1.wav", "__MACOSX/1_a_2.wav", "notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\0\5\x16\7")
    rows, rejected = index_recordings(tmp_path, PATTERN)
    assert (len(rows), rejected) == (1, [])


def test_long_clips_are_fine(tmp_path):
    write(tmp_path / "1_a_0.wav", np.tile(NOISE, 10))
    assert index_recordings(tmp_path, PATTERN)[0][0].seconds == 5


def test_name_without_match(tmp_path):
    assert_rejected(write(tmp_path / "noise.wav"), "name: does not match the pattern")


def test_label_outside_the_classes(tmp_path):
    write(tmp_path / "1_a_0.wav")
    write(tmp_path / "2_a_0.wav")
    rows, rejected = index_recordings(tmp_path, PATTERN, classes=["1"])
    assert [row.label for row in rows] == ["1"]
    assert reasons(rejected) == {"2_a_0.wav": "label: '2' is not one of the classes"}


def test_empty_file(tmp_path):
    (tmp_path / "1_a_0.wav").write_bytes(b"")
    assert_rejected(tmp_path / "1_a_0.wav", "empty: 0 bytes")


def test_no_samples(tmp_path):
    assert_rejected(write(tmp_path / "1_a_0.wav", NOISE[:0]), "empty: 0 samples")


def test_garbage(tmp_path):
    path = tmp_path / "1_a_0.wav"
    path.write_bytes(b"<html>not found</html>" * 20)
    assert_rejected(path, "undecodable: Format not recognised.")


def test_a_header_without_samples(tmp_path):
    path = write(tmp_path / "1_a_0.wav")
    path.write_bytes(path.read_bytes()[:30])
    assert_rejected(path, "truncated: there are no samples")


@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
def test_truncated_wav(tmp_path, subtype):
    path = write(tmp_path / "1_a_0.wav", subtype=subtype)
    packed = path.read_bytes()
    promised = 4000 * (2 if subtype == "PCM_16" else 4)
    path.write_bytes(packed[:-1000])
    assert_rejected(path, f"truncated: {promised - 1000} of {promised} bytes of samples are there")


@pytest.mark.parametrize("suffix", [".flac", ".ogg"])
@pytest.mark.parametrize("cut", [5, 500])
def test_truncated_flac_and_ogg(tmp_path, suffix, cut):
    path = write(tmp_path / f"1_a_0{suffix}", np.tile(NOISE, 5))
    path.write_bytes(path.read_bytes()[:-cut])
    rows, rejected = index_recordings(tmp_path, PATTERN)
    assert rows == []
    assert rejected[0].reason.startswith(("truncated:", "undecodable:"))


def test_wav_written_to_a_pipe_has_no_length(tmp_path):
    path = write(tmp_path / "1_a_0.wav")
    packed = bytearray(path.read_bytes())
    start = packed.index(b"data") + 4
    packed[start : start + 4] = struct.pack("<I", 0xFFFF_FFFF)
    path.write_bytes(packed)
    assert index_recordings(tmp_path, PATTERN)[0][0].samples == 4000


@pytest.mark.parametrize("value", [0.0, 0.5])
def test_constant(tmp_path, value):
    path = write(tmp_path / "1_a_0.wav", np.full(100, value))
    assert_rejected(path, f"constant: all samples are {value:g}")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_not_finite(tmp_path, value):
    waveform = NOISE.copy()
    waveform[7] = value
    path = write(tmp_path / "1_a_0.wav", waveform, subtype="FLOAT")
    assert_rejected(path, "not finite: NaN or infinite samples")


def test_a_link_to_nothing(tmp_path):
    (tmp_path / "1_a_0.wav").symlink_to("missing.wav")
    assert_rejected(tmp_path / "1_a_0.wav", "unreadable: No such file or directory")


def test_a_link_to_itself(tmp_path):
    (tmp_path / "1_a_0.wav").symlink_to("1_a_0.wav")
    assert_rejected(tmp_path / "1_a_0.wav", "unreadable: Too many levels of symbolic links")


def test_a_pipe_is_no_recording(tmp_path):
    write(tmp_path / "1_a_0.wav")
    os.mkfifo(tmp_path / "2_a_0.wav")
    assert len(index_recordings(tmp_path, PATTERN)[0]) == 1


@pytest.mark.parametrize("byte", ["ff", "0a", "0d", "1b"])
def test_a_name_that_would_break_a_table(tmp_path, byte):
    write(tmp_path / "1_good_0.wav")
    name = b"1_bad_" + bytes.fromhex(byte) + b".wav"
    try:
        os.link(tmp_path / "1_good_0.wav", os.path.join(os.fsencode(tmp_path), name))
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    _, rejected = index_recordings(tmp_path, PATTERN)
    reason = "name: not valid UTF-8, or with control characters"
    assert rejected == [Rejected(f"1_bad_\\x{byte}.wav", reason)]
    write_rejected(rejected, tmp_path / "rejected.csv")
    assert read_rejected(tmp_path / "rejected.csv") == rejected


def test_names_in_any_script(tmp_path):
    write(tmp_path / '1_günther_ 数字,"a".wav')
    rows, _ = index_recordings(tmp_path, r"(?P<label>1)_(?P<speaker>\w+)_")
    write_index(rows, tmp_path / "index.csv")
    assert read_index(tmp_path / "index.csv") == rows
    assert rows[0].speaker == "günther"


def test_links_are_followed_without_loops(tmp_path):
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    write(root / "b" / "1_a_0.wav")
    write(elsewhere / "2_a_0.wav")
    (root / "b" / "up").symlink_to(root)
    (root / "a").symlink_to(root / "b")
    (root / "linked").symlink_to(elsewhere)
    (root / "3_a_0.wav").symlink_to(elsewhere / "2_a_0.wav")
    rows, rejected = index_recordings(root, PATTERN)
    assert [row.recording for row in rows] == ["3_a_0.wav", "b/1_a_0.wav", "linked/2_a_0.wav"]
    assert rejected == []


def test_an_invalid_pattern(tmp_path):
    with pytest.raises(UserError, match=r"'\(' is no regular expression: .*missing \)"):
        index_recordings(tmp_path, "(")


def test_a_pattern_without_label(tmp_path):
    with pytest.raises(UserError, match="has no group named label"):
        index_recordings(tmp_path, "(?P<speaker>.)")


def test_a_missing_folder(tmp_path):
    with pytest.raises(UserError, match="There is no folder .*missing"):
        index_recordings(tmp_path / "missing", PATTERN)


def test_a_folder_without_recordings(tmp_path):
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(UserError, match=r"no recordings \(\.wav, \.flac, \.ogg\) in"):
        index_recordings(tmp_path, PATTERN)


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


EXPECTED = Expectation(speakers=2, recordings=2, sample_rate=8000, channels=1, bits=16)


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
        ({"sample_rate": 16000}, "16000 Hz, 1 channel(s), PCM_16"),
        ({"waveform": np.column_stack([NOISE, NOISE])}, "8000 Hz, 2 channel(s), PCM_16"),
        ({"subtype": "PCM_24"}, "8000 Hz, 1 channel(s), PCM_24"),
    ],
)
def test_another_format_than_expected(tmp_path, options, found):
    complete_corpus(tmp_path / "root")
    write(tmp_path / "root" / "2_anna_0.wav", **options)
    with pytest.raises(UserError) as caught:
        check_expected(tmp_path)
    assert "speaker anna, class 2: 1 recordings instead of 2" in str(caught.value)
    assert (
        f"rejected: 2_anna_0.wav: format: {found} instead of 8000 Hz, 1 channel(s), PCM_16"
        in str(caught.value)
    )


def test_a_check_without_any_recording():
    with pytest.raises(UserError, match="0 of 0"):
        check_index([], [])


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)
recordings = st.builds(
    Recording,
    recording=names,
    label=names,
    speaker=names,
    sample_rate=st.integers(1, 10**6),
    channels=st.integers(1, 64),
    samples=st.integers(1, 10**12),
)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(recordings, max_size=5))
def test_what_is_written_is_read(tmp_path, rows):
    write_index(rows, tmp_path / "index.csv")
    assert read_index(tmp_path / "index.csv") == rows


def test_columns(tmp_path):
    write_index([Recording("a/1.wav", "1", "anna", 8000, 1, 2384)], tmp_path / "index.csv")
    assert (tmp_path / "index.csv").read_text() == (
        "recording,label,speaker,sample_rate,channels,samples,seconds\n"
        "a/1.wav,1,anna,8000,1,2384,0.298000\n"
    )


HEADER = "recording,label,speaker,sample_rate,channels,samples,seconds\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lacks the columns channels, label, recording"),
        ("recording,label\n", "lacks the columns channels"),
        (HEADER + "a,1,x,8000,1,many,1\n", "line 2: invalid literal .*'many'"),
        (HEADER + "a,1,x\n", "line 2: "),
    ],
)
def test_a_broken_index(tmp_path, text, message):
    path = tmp_path / "index.csv"
    path.write_text(text)
    with pytest.raises(UserError, match=message) as caught:
        read_index(path)
    assert str(path) in str(caught.value)


def test_a_broken_list_of_rejected(tmp_path):
    (tmp_path / "rejected.csv").write_text("recording\n")
    with pytest.raises(UserError, match="lacks the columns reason"):
        read_rejected(tmp_path / "rejected.csv")


def test_a_missing_index(tmp_path):
    with pytest.raises(UserError, match="Cannot read .*index.csv: No such file"):
        read_index(tmp_path / "index.csv")


def test_the_digest_follows_names_and_sizes_only(tmp_path):
    path = write(tmp_path / "a" / "1.wav")
    before = listing_digest(tmp_path)
    assert len(before) == 12
    os.utime(path, (0, 0))
    (tmp_path / "a" / "notes.txt").write_text("x")
    assert listing_digest(tmp_path) == before
    write(path, NOISE[:-1])
    shorter = listing_digest(tmp_path)
    path.rename(tmp_path / "a" / "2.wav")
    (tmp_path / "a" / "3.wav").symlink_to("missing")
    assert len({before, shorter, listing_digest(tmp_path)}) == 3


def test_the_digest_of_a_missing_folder(tmp_path):
    with pytest.raises(UserError, match="There is no folder"):
        listing_digest(tmp_path / "missing")


def test_the_whole_free_spoken_digit_dataset(tmp_path):
    archive = os.environ.get("MISHEAR_FSDD_ARCHIVE")
    if not archive:
        pytest.skip("MISHEAR_FSDD_ARCHIVE does not name the archive of FSDD v1.0.10")
    source = SOURCES["fsdd"]
    root = unpack(Path(archive), tmp_path / "fsdd")
    rows, rejected = index_recordings(root, source.pattern, source.classes, source.expectation)
    check_index(rows, rejected, source.classes, 0.0, source.expectation)
    assert (len(rows), rejected) == (3000, [])
