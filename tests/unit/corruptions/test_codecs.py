"""Codecs have the bit rates that they state, and delay nothing."""

import io

import numpy as np
import pytest
import soundfile

from mishear.corruptions.codecs import MP3, Opus, Vorbis, fitted
from tests.unit.corruptions.sounds import burst, context, lag


def bit_rate(codec, rate):
    """kbit/s, without what a file has once."""
    sizes = []
    for seconds in (2, 6):
        noise = 0.1 * np.random.default_rng(0).standard_normal(seconds * rate)
        sizes.append(len(codec.encoded(noise.astype(np.float32), rate)))
    return (sizes[1] - sizes[0]) * 8 / 4 / 1000


@pytest.mark.parametrize("level", MP3.severities)
@pytest.mark.parametrize("rate", [8000, 16000, 22050, 48000])
def test_an_mp3_has_its_bit_rate(level, rate):
    codec = MP3(level=level)
    assert bit_rate(codec, codec.codec_rate(rate)) == pytest.approx(level, rel=0.03)


@pytest.mark.parametrize("level", Opus.severities)
@pytest.mark.parametrize("rate", [16000, 48000])
def test_opus_has_about_its_bit_rate(level, rate):
    assert bit_rate(Opus(level=level), rate) == pytest.approx(level, rel=0.3, abs=1)


def test_a_worse_quality_of_vorbis_takes_fewer_bits():
    rates = [bit_rate(Vorbis(level=level), 16000) for level in Vorbis.severities]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] > 1.5 * rates[-1]


@pytest.mark.parametrize("codec", [MP3, Opus, Vorbis])
@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000, 96000])
def test_nothing_is_delayed(codec, rate):
    clean = burst(rate)
    for level in codec.severities:
        changed = codec(level=level).corrupted(clean, context(rate=rate))
        assert abs(lag(clean, changed)) <= 1e-4 * rate + 1, (level, lag(clean, changed))


def test_the_encoded_bytes_are_of_the_codec():
    for codec, subtype in ((MP3, "MPEG_LAYER_III"), (Opus, "OPUS"), (Vorbis, "VORBIS")):
        level = codec.severities[-1]
        file = soundfile.info(io.BytesIO(codec(level=level).encoded(burst(), 16000)))
        assert file.subtype == subtype


def test_a_rate_that_a_codec_does_not_know_is_resampled():
    assert Opus(level=16).codec_rate(22050) == 24000
    assert Opus(level=16).codec_rate(96000) == 48000
    assert MP3(level=64).codec_rate(48000) == 48000
    assert MP3(level=16).codec_rate(48000) == 24000


@pytest.mark.parametrize("codec, level", [(MP3, 7), (MP3, 128), (Opus, 5), (Vorbis, 11)])
def test_a_level_that_cannot_be_is_refused(codec, level):
    with pytest.raises(ValueError, match="is not allowed"):
        codec(level=level)


def test_recordings_are_cut_or_filled_at_their_end():
    short = np.ones(3, np.float32)
    assert fitted(short, 5).tolist() == [1, 1, 1, 0, 0]
    assert fitted(short, 2).tolist() == [1, 1]
