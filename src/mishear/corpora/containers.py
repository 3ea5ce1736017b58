"""Files of audio before they are decoded: whether they are files, and whole."""

import os
import stat
import struct
from typing import IO

# Programs that write wav to a pipe cannot know the length; they put a number near 2 or 4 GiB.
_UNKNOWN_WAV_BYTES = 0x7FFF_0000
_LAST_OGG_PAGE_BYTES = 1 << 16
_OGG_END_OF_STREAM = 4

_LEAST_FLAC_FRAME_BYTES, _MOST_FLAC_FRAME_SAMPLES = 10, 65_535

_OTHER_FILES = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class Unusable(Exception):
    """The reason why a file is rejected: ``kind: detail``."""


def check_kind(path: str) -> None:
    """Refuse what is not a regular file, since opening a pipe would wait for ever.

    Raises
    ------
    Unusable
        If it is none, or is not there.
    """
    try:
        kind = stat.S_IFMT(os.stat(path).st_mode)
    except OSError as error:
        raise Unusable(f"unreadable: {error.strerror or error}") from None
    if kind != stat.S_IFREG:
        raise Unusable(f"not a file: {_OTHER_FILES.get(kind, 'something else')}")


def check_container(file: IO[bytes]) -> None:
    """Detect truncation, which the decoder ignores: it reads a cut file as a shorter one.

    Raises
    ------
    Unusable
        If the file is empty, cut off, or a FLAC file without a length.
    """
    head = file.read(12)
    if not head:
        raise Unusable("empty: 0 bytes")
    if head[:4] == b"RIFF" and head[8:] == b"WAVE":
        _check_wav_length(file)
    elif head[:4] == b"OggS":
        _check_ogg_end(file)
    elif head[:4] == b"fLaC":
        _check_flac_length(file)


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


def _check_flac_length(file: IO[bytes]) -> None:
    """Refuse a FLAC file without a possible length, at the end of which the decoder fails."""
    file.seek(0)
    head = file.read(26)
    if len(head) < 26:
        return
    # STREAMINFO: the number of samples are the lowest 36 bits of bytes 18 to 25.
    promised = int.from_bytes(head[18:26], "big") & (1 << 36) - 1
    if not promised:
        raise Unusable("no length: written as a stream; convert it, such as with flac or ffmpeg")
    size = os.fstat(file.fileno()).st_size
    if promised > size // _LEAST_FLAC_FRAME_BYTES * _MOST_FLAC_FRAME_SAMPLES:
        raise Unusable(f"truncated: {size} bytes cannot hold the {promised} samples of the header")
