"""Unpack an archive that may be damaged or hostile."""

import logging
from contextlib import AbstractContextManager
from os.path import isfile
from pathlib import Path, PureWindowsPath
from posixpath import normpath
from typing import IO

from mishear.core.errors import UserError
from mishear.core.folders import atomic_directory
from mishear.corpora.members import CHUNK_BYTES, DAMAGE, Kind, Member, members_reader

log = logging.getLogger(__name__)

_GIGABYTE = 10**9


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
    members = members_reader(archive)
    with atomic_directory(destination) as folder:
        writer = _Writer(archive, folder, max_bytes, max_members)
        try:
            for member in members(archive, max_bytes):
                writer.write(member)
        except DAMAGE as error:
            raise UserError(
                f"{archive} is damaged or cut off{writer.position()}: {error}. "
                "Delete it and fetch it again."
            ) from error
        except MemoryError as error:
            raise UserError(
                f"{archive} asks for more memory than is left{writer.position()}. It is damaged, "
                "or this machine has too little memory."
            ) from error
        writer.copy_links()
        if writer.files == 0:
            raise UserError(f"{archive} holds no files.")
    return Path(destination)


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
        self.links: list[Member] = []

    def position(self) -> str:
        return f" at or after {self.last_name}" if self.last_name else ""

    def write(self, member: Member) -> None:
        self.last_name = member.name
        self.members += 1
        if self.members > self.max_members:
            raise UserError(f"{self.archive} holds more than {self.max_members} members.")
        path = self._path(member.name, member.name)
        if member.kind is Kind.SPECIAL:
            raise UserError(
                f"{self.archive}: {member.name} is a {member.kind.value}, not a recording. "
                "Do not use this archive unless you know why."
            )
        if member.kind is Kind.LINK:
            self._path(member.target, f"{member.name} (a link to {member.target})")
            self.links.append(member)
        elif member.kind is Kind.DIRECTORY:
            self._make_directory(path, member)
        else:
            self._make_directory(path.parent, member)
            self._copy(member, path)

    def copy_links(self) -> None:
        """Replace links by copies, when all files are there; no link ever lies on the disk."""
        left_out = []
        for link in self.links:
            target = self._path(link.target, link.target)
            # A target whose name no file can have is as good as one that is not there.
            if not isfile(target):
                left_out.append(f"{link.name} -> {link.target}")
                continue
            path = self._path(link.name, link.name)
            self._make_directory(path.parent, link)
            self._copy(Member(link.name, Kind.FILE, lambda t=target: t.open("rb")), path)
        if left_out:
            log.warning(
                "%s: %d links lead to no file and are left out, such as %s",
                self.archive,
                len(left_out),
                ascii(left_out[0]),
            )

    def _path(self, name: str, shown: str) -> Path:
        """Return the path of a member; a name that leads out of the folder is an error.

        Backslashes and drives count too, so that an archive means the same on every system.
        """
        normal = normpath(name)
        windows = PureWindowsPath(normal)
        if not name:
            raise UserError(f"{self.archive} has a member without a name. Get another copy.")
        # From Python 3.13 on, what follows two slashes is a drive without a root.
        is_absolute = windows.root or windows.drive.startswith("\\\\")
        if is_absolute or ".." in windows.parts or "\0" in name:
            raise UserError(
                f"{self.archive}: {shown} leads out of the folder it is unpacked to. "
                "Such an archive is broken or an attack; get another copy."
            )
        return self.folder / normal

    def _make_directory(self, path: Path, member: Member) -> None:
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(member, error) from error

    def _copy(self, member: Member, path: Path) -> None:
        self._check_bytes(member, member.size)
        try:
            file = path.open("wb")
        except OSError as error:
            raise self._unwritable(member, error) from error
        with file, self._opened(member) as content:
            while chunk := content.read(CHUNK_BYTES):
                self.bytes += len(chunk)
                self._check_bytes(member, 0)
                try:
                    file.write(chunk)
                    file.flush()  # a full disk is to be noticed here, not on closing
                except OSError as error:
                    raise self._unwritable(member, error) from error
        self.files += 1

    def _check_bytes(self, member: Member, coming: int) -> None:
        if self.bytes + coming > self.max_bytes:
            raise UserError(
                f"{self.archive} unpacks to more than {self.max_bytes} bytes (at "
                f"{member.name}). If that is right, raise max_unpacked_gigabytes of "
                "this corpus in the config."
            )

    def _opened(self, member: Member) -> AbstractContextManager[IO[bytes]]:
        try:
            return member.open()
        except NotImplementedError as error:
            raise UserError(
                f"{self.archive}: {member.name} is packed in a way that Python cannot read "
                f"({error}). Pack the files again as .zip or .tar.gz."
            ) from error

    def _unwritable(self, member: Member, error: OSError) -> UserError:
        return UserError(
            f"Cannot unpack {member.name} of {self.archive} to {self.folder.parent.parent}: "
            f"{error.strerror or error}."
        )
