"""Decode recordings, and give the reason for each that cannot be used."""

import hashlib
import os
import struct
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from mishear.corpora.sources import Expectation

if TYPE_CHECKING:
    import numpy as np
    import soundfile

# Programs that write wav to a pipe cannot know the length; they put a number near 2 or 4 GiB.
_UNKNOWN_WAV_BYTES = 0x7FFF_0000
_LAST_OGG_PAGE_BYTES = 1 << 16
_OGG_END_OF_STREAM = 4
_DIGITS_OF_CONTENT = 16


class Unusable(Exception):
    """The reason why a file is rejected: ``kind: detail``."""


@dataclass(frozen=True)
class Audio:
    """What a file holds once it is decoded.

    Attributes
    ----------
    sample_rate : int
        Hz.
    channels : int
    samples : int
        Length of one channel.
    content : str
        Hash of rate, channels and samples, 16 hexadecimal digits. The same audio has the same one
        as wav and as flac, whatever the file is called.
    """

    sample_rate: int
    channels: int
    samples: int
    content: str


def decode(path: str, expectation: Expectation | None) -> Audio:
    """Decode a file from end to end.

    Parameters
    ----------
    path
        The file.
    expectation
        Sample rate, channels and bits that it must have; None: any.

    Raises
    ------
    Unusable
        If it cannot be read or decoded, is truncated, or holds nothing but silence.
    """
    import soundfile

    try:
        with open(path, "rb") as file:
            _check_container(file)
            file.seek(0)
            with soundfile.SoundFile(file) as opened:
                _check_format(opened, expectation)
                promised = opened.frames
                waveform = opened.read(dtype="float32")
                sample_rate, channels = opened.samplerate, opened.channels
    except OSError as error:
        raise Unusable(f"unreadable: {error.strerror or error}") from None
    except soundfile.LibsndfileError as error:
        raise Unusable(f"undecodable: {error.error_string}") from None
    if len(waveform) < promised:
        raise Unusable(f"truncated: {len(waveform)} of {promised} samples are there")
    _check_waveform(waveform)
    content = _content(sample_rate, channels, waveform)
    return Audio(sample_rate, channels, len(waveform), content)


def _content(sample_rate: int, channels: int, waveform: "np.ndarray") -> str:
    digest = hashlib.sha256(f"{sample_rate} {channels} ".encode())
    digest.update(waveform.astype("<f4", copy=False).data)
    return digest.hexdigest()[:_DIGITS_OF_CONTENT]


def _check_container(file: IO[bytes]) -> None:
    """Detect truncation, which the decoder ignores: it reads a cut file as a shorter one."""
    head = file.read(12)
    if not head:
        raise Unusable("empty: 0 bytes")
    if head[:4] == b"RIFF" and head[8:] == b"WAVE":
        _check_wav_length(file)
    elif head[:4] == b"OggS":
        _check_ogg_end(file)


def _check_wav_length(file: IO[bytes]) -> None:
    size = os.fstat(file.fileno()).st_size
    while len(chunk := file.read(8)) == 8:
        name, promised = struct.unpack("<4sI", chunk)
        present = size - file.tell()
        if name == b"data":
            if present < promised < _UNKNOWN_WAV_BYTES:
                raise Unusable(f"truncated: {present} of {promised} bytes of samples are there")
            return
        file.seek(promised + promised % 2, os.SEEK_CUR)
    raise Unusable("truncated: there are no samples")


def _check_ogg_end(file: IO[bytes]) -> None:
    size = os.fstat(file.fileno()).st_size
    file.seek(max(0, size - _LAST_OGG_PAGE_BYTES))
    tail = file.read()
    page = tail[tail.rfind(b"OggS") :]
    # A page: 27 bytes of header with flags at 5 and the number of segments at 26, their
    # lengths, then the segments.
    complete = len(page) > 26 and len(page) >= 27 + page[26] + sum(page[27 : 27 + page[26]])
    if not complete or not page[5] & _OGG_END_OF_STREAM:
        raise Unusable("truncated: the Ogg stream has no end")


def _check_format(opened: "soundfile.SoundFile", expectation: Expectation | None) -> None:
    if expectation is None:
        return
    expected = (expectation.sample_rate, expectation.channels, f"PCM_{expectation.bits}")
    found = (opened.samplerate, opened.channels, opened.subtype)
    if found != expected:
        raise Unusable(f"format: {_format_text(*found)} instead of {_format_text(*expected)}")


def _format_text(sample_rate: int, channels: int, subtype: str) -> str:
    return f"{sample_rate} Hz, {channels} channel(s), {subtype}"


def _check_waveform(waveform: "np.ndarray") -> None:
    import numpy as np

    if waveform.size == 0:
        raise Unusable("empty: 0 samples")
    lowest, highest = waveform.min(), waveform.max()
    if not np.isfinite([lowest, highest]).all():
        raise Unusable("not finite: NaN or infinite samples")
    if lowest == highest:
        raise Unusable(f"constant: all samples are {lowest:g}")
