"""Sounds on disk are what was written, to 16 bits."""

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mishear.core.errors import UserError
from mishear.core.flac import STEPS, join_sounds, read_sound, sixteen_bit, write_sound

RECORDINGS = arrays(
    np.float32,
    st.tuples(st.integers(1, 4), st.just(50)),
    elements=st.floats(-1.5, 1.5, width=32),
)


@given(RECORDINGS)
def test_a_sample_is_off_by_half_a_step_at_most_or_cut_to_full_scale(tmp_path_factory, waveforms):
    path = tmp_path_factory.mktemp("sound") / "a.flac"
    write_sound(path, [waveforms], 8000)
    read = read_sound(path, 50)
    within = waveforms.clip(-1, 1 - 1 / STEPS)
    assert np.abs(read - within).max() <= 0.5 / STEPS
    assert not read[waveforms == 0].any()
    write_sound(path, [read], 8000)
    assert np.array_equal(read_sound(path, 50), read)


def test_rows_are_read_from_where_they_are(tmp_path):
    waveforms = np.arange(200, dtype=np.float32).reshape(4, 50) / 400
    write_sound(tmp_path / "a.flac", [waveforms[:1], waveforms[1:]], 48000)
    assert soundfile.info(tmp_path / "a.flac").samplerate == 48000
    assert np.array_equal(
        read_sound(tmp_path / "a.flac", 50, [2, 0]), sixteen_bit(waveforms)[[2, 0]] / STEPS
    )


def test_parts_are_joined_and_parts_without_recordings_do_not_matter(tmp_path):
    waveforms = np.linspace(-1, 1, 300, dtype=np.float32).reshape(6, 50)
    parts = [tmp_path / f"{number}.flac" for number in range(3)]
    for path, chunks in zip(parts, ([], [waveforms[:2]], [waveforms[2:]]), strict=True):
        write_sound(path, chunks, 16000)
    join_sounds(parts, tmp_path / "joined.flac")
    write_sound(tmp_path / "whole.flac", [waveforms], 16000)
    assert (tmp_path / "joined.flac").read_bytes() == (tmp_path / "whole.flac").read_bytes()
    assert read_sound(parts[0], 50).shape == (0, 50)


def test_a_sound_of_another_length_is_refused(tmp_path):
    write_sound(tmp_path / "a.flac", [np.zeros((3, 50), np.float32)], 8000)
    with pytest.raises(UserError, match="a.flac: 150 samples are not a whole number"):
        read_sound(tmp_path / "a.flac", 40)
