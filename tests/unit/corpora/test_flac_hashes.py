"""A FLAC file whose samples are not those that were encoded is not read as if they were."""

import io

import numpy as np
import pytest
import soundfile

from mishear.corpora.containers import Unusable
from mishear.corpora.decoding import decode
from mishear.corpora.flac_hashes import HashOfSamples

RATE = 8000


def written(path, subtype="PCM_16", channels=1, samples=RATE):
    noise = np.random.default_rng(0).uniform(-1, 1, (samples, channels))
    noise[0] = -1  # the lowest value that there is
    soundfile.write(path, noise, RATE, subtype=subtype)
    return path


@pytest.mark.parametrize("subtype", ["PCM_S8", "PCM_16", "PCM_24"])
@pytest.mark.parametrize("channels", [1, 2, 8])
def test_what_was_encoded_passes(tmp_path, subtype, channels):
    path = written(tmp_path / "a.flac", subtype, channels, samples=100_000)
    with path.open("rb") as file:
        assert HashOfSamples.of(file)
    assert decode(str(path), None).samples == 100_000


@pytest.mark.parametrize("subtype", ["PCM_S8", "PCM_16", "PCM_24"])
@pytest.mark.parametrize("fewer", [1, 100, RATE - 1])
def test_a_header_with_fewer_samples_than_there_are(tmp_path, subtype, fewer):
    path = written(tmp_path / "a.flac", subtype)
    content = bytearray(path.read_bytes())
    fields = int.from_bytes(content[18:26], "big") - fewer
    content[18:26] = fields.to_bytes(8, "big")
    path.write_bytes(content)
    with pytest.raises(Unusable, match="damaged: the samples are not those"):
        decode(str(path), None)


def test_a_header_without_a_hash_is_believed(tmp_path):
    path = written(tmp_path / "a.flac")
    content = bytearray(path.read_bytes())
    content[26:42] = bytes(16)
    path.write_bytes(content)
    assert decode(str(path), None).samples == RATE


@pytest.mark.parametrize("content", [b"", b"fLaC", b"fLaC" + bytes(30), b"RIFF" + bytes(100)])
def test_other_files_have_none(content):
    assert HashOfSamples.of(io.BytesIO(content)) is None
