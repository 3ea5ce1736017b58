"""What is no file is not opened, and what is cut off is not taken for a shorter recording."""

import os

import numpy as np
import pytest
import soundfile

from mishear.corpora.containers import Unusable, check_container, check_kind
from tests.unit.corpora.recordings import write


def test_whole_files_pass(tmp_path):
    for suffix in (".wav", ".flac", ".ogg"):
        path = write(tmp_path / f"1_a_0{suffix}")
        check_kind(str(path))
        with path.open("rb") as file:
            check_container(file)


@pytest.mark.parametrize("suffix", [".wav", ".ogg"])
def test_a_file_that_is_cut_off_is_refused(tmp_path, suffix):
    path = write(tmp_path / f"1_a_0{suffix}")
    os.truncate(path, path.stat().st_size - 10)
    with path.open("rb") as file, pytest.raises(Unusable, match="truncated"):
        check_container(file)


def test_a_pipe_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "1_a_0.wav")
    with pytest.raises(Unusable, match="not a file: a pipe"):
        check_kind(str(tmp_path / "1_a_0.wav"))
    (tmp_path / "1_a_1.wav").symlink_to("/dev/zero")
    with pytest.raises(Unusable, match="not a file: a device"):
        check_kind(str(tmp_path / "1_a_1.wav"))


@pytest.mark.parametrize("promised", [0, 1 << 32, (1 << 36) - 1])
def test_a_flac_file_that_promises_an_impossible_length_is_refused(tmp_path, promised):
    path = write(tmp_path / "1_a_0.flac")
    content = bytearray(path.read_bytes())
    fields = int.from_bytes(content[18:26], "big") >> 36 << 36 | promised
    content[18:26] = fields.to_bytes(8, "big")
    path.write_bytes(content)
    said = f"cannot hold the {promised} samples" if promised else "no length"
    with path.open("rb") as file, pytest.raises(Unusable, match=said):
        check_container(file)


def test_silence_in_few_bytes_is_possible(tmp_path):
    path = tmp_path / "1_a_0.flac"
    soundfile.write(path, np.zeros(10_000_000, np.int16), 16_000)
    with path.open("rb") as file:
        check_container(file)
