"""Recordings that decode are usable; the others are rejected with a reason."""

import struct

import numpy as np
import pytest

from mishear.corpora.index import Recording, index_recordings
from tests.unit.corpora.recordings import NOISE, PATTERN, assert_rejected, write


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
    content = rows[0].content
    name = f"7_anna_0{suffix}"
    assert rows == [Recording(name, "7", "anna", "", 16000, channels, 4000, content)]
    assert rows[0].seconds == 0.25


def test_long_clips_are_fine(tmp_path):
    write(tmp_path / "1_a_0.wav", np.tile(NOISE, 10))
    assert index_recordings(tmp_path, PATTERN)[0][0].seconds == 5


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
