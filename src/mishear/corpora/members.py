"""The members of an archive, whatever its format: read one after the other, and bounded."""

import bz2
import gzip
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from mishear.core.errors import UserError

CHUNK_BYTES = 1 << 20
_LONGEST_PATH_BYTES = 4096
_LARGEST_HEADER = 1 << 24
"""Bytes that may be read at once: more than any header of a tar has, such as a long name."""
DAMAGE = (
    EOFError,
    OSError,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    # What the readers of the standard library raise for headers that make no sense.
    IndexError,
    NotImplementedError,
    OverflowError,
    RecursionError,
    ValueError,
    struct.error,
)


class Kind(Enum):
    """What a member is."""

    FILE = "file"
    DIRECTORY = "directory"
    LINK = "link"
    SPECIAL = "device or other special file"


@dataclass(frozen=True)
class Member:
    """A member of a zip or tar archive, with the size that its header states.

    A link's target is relative to the archive's root.
    """

    name: str
    kind: Kind
    open: Callable[[], AbstractContextManager[IO[bytes]]]
    target: str = ""
    size: int = 0


def members_reader(archive: Path) -> Callable[[Path, int], Iterator[Member]]:
    """Recognise the format of an archive by its first bytes.

    Returns
    -------
    callable
        Yields the members, from the archive and the largest sum of its files in bytes. What it
        raises for a damaged archive is in :data:`DAMAGE`.

    Raises
    ------
    UserError
        If the file cannot be read or is no archive.
    """
    try:
        with archive.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise UserError(f"Cannot read the archive {archive}: {error.strerror}.") from error
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_members
    compressed = head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"))
    if compressed or head[257:262] == b"ustar":
        return _tar_members
    found = "it is empty" if not head else f"it begins with {head[:16]!r}"
    raise UserError(
        f"{archive} is not a zip or tar archive: {found}. "
        "Was a web page saved in its place? Delete it and fetch the archive itself."
    )


def _zip_members(archive: Path, max_bytes: int) -> Iterator[Member]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            if info.flag_bits & 1:
                raise UserError(
                    f"{archive}: {info.filename} is encrypted. Give an archive without a password."
                )
            kind = _zip_kind(info)
            target = _zip_link_target(opened, info) if kind is Kind.LINK else ""
            content = partial(opened.open, info)
            yield Member(info.orig_filename, kind, content, target, info.file_size)


def _zip_link_target(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    with opened.open(info) as content:
        target = content.read(_LONGEST_PATH_BYTES).decode(errors="replace")
    return _beside(info.filename, target)


def _zip_kind(info: zipfile.ZipInfo) -> Kind:
    if info.filename.endswith("/"):  # info.is_dir fails for a member without a name
        return Kind.DIRECTORY
    kinds = {0: Kind.FILE, stat.S_IFREG: Kind.FILE, stat.S_IFLNK: Kind.LINK}
    return kinds.get(stat.S_IFMT(info.external_attr >> 16), Kind.SPECIAL)


def _tar_members(archive: Path, max_bytes: int) -> Iterator[Member]:
    with _Bounded(_decompressed(archive), 2 * max_bytes + _LARGEST_HEADER) as stream:
        opened = tarfile.TarFile(fileobj=stream)
        for info in opened:
            target = _beside(info.name, info.linkname) if info.issym() else info.linkname
            content = partial(opened.extractfile, info)
            yield Member(info.name, _tar_kind(info), content, target, info.size)
        _check_tar_end(opened)


def _decompressed(archive: Path) -> IO[bytes]:
    with archive.open("rb") as file:
        head = file.read(2)
    openers = {b"\x1f\x8b": gzip.open, b"BZ": bz2.open, b"\xfd7": lzma.open}
    return openers.get(head, open)(archive, "rb")


class _Bounded:
    """A stream that ends in an error where it goes on and on, or would be read into memory.

    Parameters
    ----------
    stream
        Decompressed.
    limit
        Bytes that it may have.
    """

    def __init__(self, stream: IO[bytes], limit: int):
        self.stream, self.limit = stream, limit

    def __enter__(self) -> "_Bounded":
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def read(self, size: int) -> bytes:
        if not 0 <= size <= _LARGEST_HEADER:
            raise tarfile.ReadError(f"a header of {size} bytes")
        content = self.stream.read(size)
        self._check(self.stream.tell())
        return content

    def seek(self, position: int) -> int:
        self._check(position)
        return self.stream.seek(position)

    def tell(self) -> int:
        return self.stream.tell()

    def _check(self, position: int) -> None:
        if position > self.limit:
            raise tarfile.ReadError(
                f"it unpacks to more than {self.limit} bytes, or says so; if that is right, raise "
                f"max_unpacked_gigabytes of this corpus in the config"
            )


def _tar_kind(info: tarfile.TarInfo) -> Kind:
    if info.isfile():
        return Kind.FILE
    if info.isdir():
        return Kind.DIRECTORY
    return Kind.LINK if info.issym() or info.islnk() else Kind.SPECIAL


def _check_tar_end(opened: tarfile.TarFile) -> None:
    """Detect what tarfile ignores: a missing end, and a wrong checksum after it."""
    opened.fileobj.seek(opened.offset)
    if opened.fileobj.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError("the end-of-archive mark is missing")
    while opened.fileobj.read(CHUNK_BYTES):
        pass


def _beside(name: str, target: str) -> str:
    """Return the target of a symbolic link relative to the archive's root."""
    return str(PurePosixPath(name).parent / target)
