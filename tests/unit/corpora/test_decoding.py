"""Recordings that decode are usable; the others are rejected with a reason."""

import struct

import numpy as np
import pytest
import soundfile

from mishear.corpora.decoding import blocks
from mishear.corpora.index import Recording, index_recordings
from mishear.features.waveforms import read_mono
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
    (row,) = rows
    heard = (row.content, 0, row.peak, 0.0, 0.25)
    name = f"7_anna_0{suffix}"
    assert rows == [Recording(name, "7", "anna", "", 16000, channels, 4000, *heard)]
    assert row.peak == pytest.approx(0.5, abs=0.3)
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


@pytest.mark.parametrize("loudest", [11, 32767, 1e30])
def test_samples_far_beyond_full_scale(tmp_path, loudest):
    path = write(tmp_path / "1_a_0.wav", np.append(NOISE, loudest), subtype="FLOAT")
    reason = f"too loud: a sample of {np.float32(loudest):g}, where full scale is 1; scale the file"
    assert_rejected(path, reason)


def test_samples_at_full_scale_are_counted(tmp_path):
    waveform = np.concatenate([NOISE, [1.0, -1.0, 1.5, 0.99]])
    write(tmp_path / "1_a_0.wav", waveform, subtype="FLOAT")
    write(tmp_path / "1_a_1.wav", waveform)  # 16 bits
    assert [row.clipped for row in index_recordings(tmp_path, PATTERN)[0]] == [3, 3]


def measured(tmp_path, waveform, rate=8000):
    write(tmp_path / "1_a_0.wav", waveform, rate, subtype="FLOAT")
    (row,), _ = index_recordings(tmp_path, PATTERN)
    return row


def test_the_peak_is_that_of_the_mixed_channels(tmp_path):
    waveform = np.column_stack([NOISE, np.zeros(4000)])
    assert measured(tmp_path, waveform).peak == pytest.approx(np.abs(NOISE).max() / 2)


def test_how_much_channels_cancel(tmp_path):
    other = np.random.default_rng(1).uniform(-0.5, 0.5, 4000)
    for channels, expected in (
        ([NOISE], 0),
        ([NOISE, NOISE], 0),
        ([NOISE, other], 3),
        ([NOISE, -0.9 * NOISE], 10 * np.log10(0.905 / 0.05**2)),
    ):
        found = measured(tmp_path, np.column_stack(channels)).cancelled_db
        assert found == pytest.approx(expected, abs=0.2)


@pytest.mark.parametrize("rate", [8000, 11025, 48000])
@pytest.mark.parametrize("end", [0.3, 2.0, 9.5])
def test_where_the_speech_ends(tmp_path, rate, end):
    waveform = np.zeros(10 * rate)
    speech = round(end * rate)
    waveform[:speech] = np.resize(NOISE, speech)
    waveform[speech:] = 1e-4 * np.resize(NOISE, len(waveform) - speech)
    assert measured(tmp_path, waveform, rate).speech_end == pytest.approx(end, abs=0.011)


def test_many_channels_are_read_in_small_parts(tmp_path):
    path = tmp_path / "1_a_0.wav"
    waveform = np.random.default_rng(0).normal(0, 0.1, (9000, 300)).astype(np.float32)
    soundfile.write(path, waveform, 8000, "FLOAT")
    with soundfile.SoundFile(path) as opened:
        parts = list(blocks(opened))
    assert max(part.size for part in parts) < 2.1e6
    assert np.array_equal(np.concatenate(parts), waveform)


def test_channels_that_cancel(tmp_path):
    path = write(tmp_path / "1_a_0.wav", np.column_stack([NOISE, -NOISE]))
    # With 16 bits, 1 and -1 are not exactly opposite; such samples are not in this noise.
    assert_rejected(path, "silent: the channels cancel when they are mixed")


@pytest.mark.parametrize("subtype", ["GSM610", "G721_32", "NMS_ADPCM_16", "NMS_ADPCM_32"])
def test_formats_in_which_one_cannot_seek(tmp_path, subtype):
    path = write(tmp_path / "1_a_0.wav", subtype=subtype)
    rows, rejected = index_recordings(tmp_path, PATTERN)
    assert len(rows) == 1 and rejected == []
    assert len(read_mono(path, 8000, rows[0].content)) == rows[0].samples


def flac_that_promises(path, samples):
    write(path)
    content = bytearray(path.read_bytes())
    fields = int.from_bytes(content[18:26], "big") >> 36 << 36 | samples
    content[18:26] = fields.to_bytes(8, "big")
    path.write_bytes(content)
    return path


def test_flac_of_unknown_length(tmp_path):
    path = flac_that_promises(tmp_path / "1_a_0.flac", 0)
    reason = "no length: written as a stream; convert it, such as with flac or ffmpeg"
    assert_rejected(path, reason)


@pytest.mark.parametrize("samples", [4001, 1 << 33, (1 << 36) - 1])
def test_flac_that_promises_more_than_it_has(tmp_path, samples):
    flac_that_promises(tmp_path / "1_a_0.flac", samples)
    write(tmp_path / "1_good_0.wav")
    rows, rejected = index_recordings(tmp_path, PATTERN)
    assert [row.recording for row in rows] == ["1_good_0.wav"]
    assert rejected[0].reason.startswith(("undecodable", "truncated"))


@pytest.mark.parametrize("rate", [1999, 768_001])
def test_impossible_sample_rates(tmp_path, rate):
    path = write(tmp_path / "1_a_0.wav", sample_rate=rate)
    assert_rejected(path, f"sample rate: {rate} Hz, outside 2000 to 768000 Hz")


def test_a_link_to_nothing(tmp_path):
    (tmp_path / "1_a_0.wav").symlink_to("missing.wav")
    assert_rejected(tmp_path / "1_a_0.wav", "unreadable: No such file or directory")


def test_a_link_to_itself(tmp_path):
    (tmp_path / "1_a_0.wav").symlink_to("1_a_0.wav")
    assert_rejected(tmp_path / "1_a_0.wav", "unreadable: Too many levels of symbolic links")
