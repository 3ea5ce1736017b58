"""Recordings on disk for the tests of corpora."""

import numpy as np
import soundfile

from mishear.corpora.index import index_recordings

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
