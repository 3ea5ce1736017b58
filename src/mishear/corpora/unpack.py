"""Unpack an archive that may be damaged or hostile."""

import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePosixPath, PureWindowsPath
from posixpath import normpath
from typing import IO

from mishear.core.errors import UserError
from mishear.core.folders import atomic_directory

_CHUNK_BYTES = 1 << 20
_LONGEST_PATH_BYTES = 4096
_GIGABYTE = 10**9
_DAMAGE = (
    EOFError,
    OSError,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)


class _Kind(Enum):
    FILE = "file"
    DIRECTORY = "directory"
    LINK = "link"
    SPECIAL = "device or other special file"


@dataclass(frozen=True)
class _Member:
    """A member of a zip or tar archive. A link's target is relative to the archive's root."""

    name: str
    kind: _Kind
    open: Callable[[], AbstractContextManager[IO[bytes]]]
    target: str = ""


def unpack(
    archive: str | Path,
    destination: str | Path,
    max_bytes: int = 8 * _GIGABYTE,
    max_members: int = 1_000_000,
) -> Path:
    """Unpack a zip or tar archive into a new folder.

    The format is recognised by the content, not by the name. Links inside the archive become copies
    of the files they name; owners and permissions are not kept.

    Parameters
    ----------
    archive
        A zip, or a tar that is plain or compressed by gzip, bzip2 or xz.
    destination
        The folder to make. It appears only when everything is unpacked.
    max_bytes
        Largest sum of the unpacked files in bytes, counted while they are written.
    max_members
        Largest number of members.

    Returns
    -------
    Path
        ``destination``.

    Raises
    ------
    UserError
        If the file is missing, not an archive, damaged, beyond the limits, or has members that
        would be written elsewhere or are no plain files.
    """
    archive = Path(archive)
    members = _members_reader(archive)
    with atomic_directory(destination) as folder:
        writer = _Writer(archive, folder, max_bytes, max_members)
        try:
            for member in members(archive):
                writer.write(member)
        except _DAMAGE as error:
            raise UserError(
                f"{archive} is damaged or cut off{writer.position()}: {error}. "
                "Delete it and fetch it again."
            ) from error
        writer.copy_links()
        if writer.files == 0:
            raise UserError(f"{archive} holds no files.")
    return Path(destination)


def _members_reader(archive: Path) -> Callable[[Path], Iterator[_Member]]:
    """Recognise the format by the first bytes."""
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
        f"{archive} is no zip or tar archive: {found}. "
        "Was a web page saved in its place? Delete it and fetch the archive itself."
    )


def _zip_members(archive: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            if info.flag_bits & 1:
                raise UserError(
                    f"{archive}: {info.filename} is encrypted. Give an archive without password."
                )
            kind = _zip_kind(info)
            target = _zip_link_target(opened, info) if kind is _Kind.LINK else ""
            yield _Member(info.orig_filename, kind, lambda info=info: opened.open(info), target)


def _zip_link_target(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    with opened.open(info) as content:
        target = content.read(_LONGEST_PATH_BYTES).decode(errors="replace")
    return _beside(info.filename, target)


def _zip_kind(info: zipfile.ZipInfo) -> _Kind:
    if info.is_dir():
        return _Kind.DIRECTORY
    kinds = {0: _Kind.FILE, stat.S_IFREG: _Kind.FILE, stat.S_IFLNK: _Kind.LINK}
    return kinds.get(stat.S_IFMT(info.external_attr >> 16), _Kind.SPECIAL)


def _tar_members(archive: Path) -> Iterator[_Member]:
    with tarfile.open(archive) as opened:
        for info in opened:
            target = _beside(info.name, info.linkname) if info.issym() else info.linkname
            yield _Member(
                info.name, _tar_kind(info), lambda info=info: opened.extractfile(info), target
            )
        _check_tar_end(opened)


def _tar_kind(info: tarfile.TarInfo) -> _Kind:
    if info.isfile():
        return _Kind.FILE
    if info.isdir():
        return _Kind.DIRECTORY
    return _Kind.LINK if info.issym() or info.islnk() else _Kind.SPECIAL


def _check_tar_end(opened: tarfile.TarFile) -> None:
    """Detect what tarfile ignores: a missing end, and a wrong checksum after it."""
    opened.fileobj.seek(opened.offset)
    if opened.fileobj.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError("the end-of-archive mark is missing")
    while opened.fileobj.read(_CHUNK_BYTES):
        pass


def _beside(name: str, target: str) -> str:
    """Return the target of a symbolic link relative to the archive's root."""
    return str(PurePosixPath(name).parent / target)


class _Writer:
    """Write members below a folder, and refuse unsafe ones."""

    def __init__(self, archive: Path, folder: Path, max_bytes: int, max_members: int) -> None:
        self.archive = archive
        self.folder = folder
        self.max_bytes = max_bytes
        self.max_members = max_members
        self.bytes = 0
        self.members = 0
        self.files = 0
        self.last_name = ""
        self.links: list[_Member] = []

    def position(self) -> str:
        return f" at or after {self.last_name}" if self.last_name else ""

    def write(self, member: _Member) -> None:
        self.last_name = member.name
        self.members += 1
        if self.members > self.max_members:
            raise UserError(f"{self.archive} holds more than {self.max_members} members.")
        path = self._path(member.name, member.name)
        if member.kind is _Kind.SPECIAL:
            raise UserError(
                f"{self.archive}: {member.name} is a {member.kind.value}, no recording. "
                "Do not use this archive unless you know why."
            )
        if member.kind is _Kind.LINK:
            self._path(member.target, f"{member.name} (a link to {member.target})")
            self.links.append(member)
        elif member.kind is _Kind.DIRECTORY:
            self._make_directory(path, member)
        else:
            self._make_directory(path.parent, member)
            self._copy(member, path)

    def copy_links(self) -> None:
        """Replace links by copies, when all files are there; no link ever lies on the disk."""
        for link in self.links:
            target = self._path(link.target, link.target)
            if target.is_file():
                path = self._path(link.name, link.name)
                self._make_directory(path.parent, link)
                self._copy(_Member(link.name, _Kind.FILE, lambda t=target: t.open("rb")), path)

    def _path(self, name: str, shown: str) -> Path:
        """Return the path of a member; a name that leads out of the folder is an error.

        Backslashes and drives count too, so that an archive means the same on every system.
        """
        normal = normpath(name)
        windows = PureWindowsPath(normal)
        if windows.root or ".." in windows.parts or "\0" in name or not name:
            raise UserError(
                f"{self.archive}: {shown} leads out of the folder it is unpacked to. "
                "Such an archive is broken or an attack; get another copy."
            )
        return self.folder / normal

    def _make_directory(self, path: Path, member: _Member) -> None:
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(member, error) from error

    def _copy(self, member: _Member, path: Path) -> None:
        try:
            file = path.open("wb")
        except OSError as error:
            raise self._unwritable(member, error) from error
        with file, self._opened(member) as content:
            while chunk := content.read(_CHUNK_BYTES):
                self.bytes += len(chunk)
                if self.bytes > self.max_bytes:
                    raise UserError(
                        f"{self.archive} unpacks to more than {self.max_bytes} bytes (at "
                        f"{member.name}). If that is right, raise max_unpacked_gigabytes of "
                        "this corpus in the config."
                    )
                try:
                    file.write(chunk)
                    file.flush()  # a full disk is to be noticed here, not on closing
                except OSError as error:
                    raise self._unwritable(member, error) from error
        self.files += 1

    def _opened(self, member: _Member) -> AbstractContextManager[IO[bytes]]:
        try:
            return member.open()
        except NotImplementedError as error:
            raise UserError(
                f"{self.archive}: {member.name} is packed in a way that Python cannot read "
                f"({error}). Pack the files again as .zip or .tar.gz."
            ) from error

    def _unwritable(self, member: _Member, error: OSError) -> UserError:
        return UserError(
            f"Cannot unpack {member.name} of {self.archive} to {self.folder.parent.parent}: "
            f"{error.strerror or error}."
        )
