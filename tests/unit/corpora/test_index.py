"""Usable recordings are indexed with their classes, and what is written is read."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.corpora.checking import check_index
from mishear.corpora.index import (
    Recording,
    Rejected,
    copies,
    index_recordings,
    read_index,
    read_rejected,
    write_index,
    write_rejected,
)
from mishear.corpora.sources import SOURCES
from mishear.corpora.unpack import unpack
from tests.unit.corpora.recordings import NOISE, PATTERN, assert_rejected, reasons, write


def test_rows_are_relative_and_in_the_order_of_label_and_content(tmp_path):
    names = {"b/1_x_0.wav", "a/2_x_0.wav", "a-/2_x_0.wav", "1_x_0.wav", "c/1_x_0.wav"}
    for number, name in enumerate(sorted(names)):
        write(tmp_path / name, np.roll(NOISE, number // 2))
    rows, _ = index_recordings(tmp_path, PATTERN)
    assert {row.recording for row in rows} == names
    assert rows == sorted(rows, key=lambda row: (row.label, row.content, row.recording))
    assert len({row.content for row in rows}) == 3
    assert copies(rows) == 2


def audio(rows):
    return [(row.label, row.content, row.sample_rate, row.channels, row.samples) for row in rows]


def test_the_index_of_the_same_audio_differs_in_names_alone(tmp_path):
    """As wav or flac, of other bit depths that hold the same samples, in other folders."""
    random = np.random.default_rng(0)
    for number in range(6):
        waveform = (random.uniform(-0.5, 0.5, (900, 1 + number % 2)) * 2**15).round() / 2**15
        label, other = f"{number % 2}", 5 - number
        write(tmp_path / "one" / f"{label}_anna_{number}.wav", waveform)
        write(tmp_path / "two" / f"b{other}" / f"{label}_bob_{other}.flac", waveform)
        write(tmp_path / "three" / f"{label}_c_.{number}.wav", waveform, subtype="FLOAT")
    one, two, three = (index_recordings(tmp_path / n, PATTERN)[0] for n in ("one", "two", "three"))
    assert audio(one) == audio(two) == audio(three)
    assert len({row.content for row in one}) == 6


@pytest.mark.parametrize(
    ("changed", "rate"),
    [(NOISE[:-1], 8000), (-NOISE, 8000), (NOISE, 8001), (NOISE.reshape(-1, 2), 8000)],
)
def test_other_audio_has_another_content(tmp_path, changed, rate):
    write(tmp_path / "1_a_0.wav")
    write(tmp_path / "1_a_1.wav", changed, rate)
    rows, _ = index_recordings(tmp_path, PATTERN)
    assert copies(rows) == 0


def test_the_pattern_sees_the_folders(tmp_path):
    write(tmp_path / "anna" / "yes" / "1.wav")
    rows, _ = index_recordings(tmp_path, r"^(?P<speaker>\w+)/(?P<label>\w+)/")
    assert (rows[0].label, rows[0].speaker) == ("yes", "anna")


def test_the_group_speaker_is_optional(tmp_path):
    write(tmp_path / "yes.wav")
    assert index_recordings(tmp_path, r"(?P<label>\w+)\.wav$")[0][0].speaker == ""


def test_name_without_match(tmp_path):
    assert_rejected(write(tmp_path / "noise.wav"), "name: does not match the pattern")


def test_label_outside_the_classes(tmp_path):
    write(tmp_path / "1_a_0.wav")
    write(tmp_path / "2_a_0.wav")
    rows, rejected = index_recordings(tmp_path, PATTERN, classes=["1"])
    assert [row.label for row in rows] == ["1"]
    assert reasons(rejected) == {"2_a_0.wav": "label: '2' is not one of the classes"}


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


def test_an_invalid_pattern(tmp_path):
    with pytest.raises(UserError, match=r"'\(' is not a regular expression: .*missing \)"):
        index_recordings(tmp_path, "(")


def test_a_pattern_without_label(tmp_path):
    with pytest.raises(UserError, match="has no group named label"):
        index_recordings(tmp_path, "(?P<speaker>.)")


def test_a_folder_without_recordings(tmp_path):
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(UserError, match=r"no recordings \(\.wav, \.flac, \.ogg\) in"):
        index_recordings(tmp_path, PATTERN)


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)
recordings = st.builds(
    Recording,
    recording=names,
    label=names,
    speaker=names,
    take=names | st.just(""),
    sample_rate=st.integers(1, 10**6),
    channels=st.integers(1, 64),
    samples=st.integers(1, 10**12),
    content=st.text("0123456789abcdef", min_size=16, max_size=16),
    peak=st.integers(0, 1000).map(lambda number: number / 1000),
    cancelled_db=st.integers(0, 1000).map(lambda number: number / 10),
    speech_end=st.integers(0, 10**6).map(lambda number: number / 1000),
)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(recordings, max_size=5))
def test_what_is_written_is_read(tmp_path, rows):
    write_index(rows, tmp_path / "index.csv")
    assert read_index(tmp_path / "index.csv") == rows


def test_columns(tmp_path):
    write_index(
        [
            Recording(
                "a/1.wav", "1", "anna", "0", 8000, 1, 2384, "0a1b2c3d4e5f6789", 5, 1, 3.25, 0.28
            )
        ],
        tmp_path / "index.csv",
    )
    assert (tmp_path / "index.csv").read_text() == (
        f"{HEADER}a/1.wav,1,anna,0,8000,1,2384,0.298000,0a1b2c3d4e5f6789,5,1,3.25,0.280000\n"
    )


HEADER = (
    "recording,label,speaker,take,sample_rate,channels,samples,seconds,content,clipped,"
    "peak,cancelled_db,speech_end\n"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lacks the columns recording, label"),
        ("recording,label\n", "lacks the columns speaker, take, sample_rate"),
        (
            HEADER + "a,1,x,0,8000,1,many,1,c,0,1,0,1\n",
            "line 2, column samples: 'many' is not a whole",
        ),
        (HEADER + "a,1,x\n", "line 2, column sample_rate: it is empty"),
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


def test_the_whole_free_spoken_digit_dataset(tmp_path):
    archive = os.environ.get("MISHEAR_FSDD_ARCHIVE")
    if not archive:
        pytest.skip("MISHEAR_FSDD_ARCHIVE does not name the archive of FSDD v1.0.10")
    source = SOURCES["fsdd"]
    root = unpack(Path(archive), tmp_path / "fsdd")
    rows, rejected = index_recordings(root, source.pattern, source.classes, source.expectation)
    check_index(rows, rejected, source.classes, 0.0, source.expectation)
    assert (len(rows), rejected) == (3000, [])
