"""Damaged and hostile archives: what they hold lands in their folder, or they are refused."""

import io
import os
import random
import tarfile
import warnings
import zipfile
from pathlib import Path

from mishear.corpora.unpack import unpack
from tests.soak.guarding import Wrong
from tests.soak.mutating import mutated

MOST_BYTES, MOST_MEMBERS = 1_000_000, 200
NAMES = [
    "a/b.wav", "../out.wav", "/tmp/soak-out.wav", "a/../../out.wav", "", ".", "..", "a//b.wav",
    "C:\\out.wav", "a\\..\\..\\out.wav", "a" * 300, "a/" * 200 + "b.wav", "\x00.wav", "ä/é.wav",
    "a/b.wav/c.wav", "CON", "a\n.wav", "./a/b.wav",
]  # fmt: skip
TYPES = [tarfile.REGTYPE] * 6 + [
    tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE,
    tarfile.GNUTYPE_SPARSE,
]  # fmt: skip
MODES = ["w", "w:gz", "w:bz2", "w:xz"]


def _content(draw: random.Random) -> bytes:
    return bytes(600_000) if draw.random() < 0.03 else draw.choice([b"", draw.randbytes(300)])


def _name(draw: random.Random, hostile: float) -> str:
    ordinary = f"a/{draw.randrange(10_000)}.wav"
    return draw.choice(NAMES) if draw.random() < hostile else ordinary


def _hostility(draw: random.Random) -> float:
    """Return the share of hostile members; half of the archives have none."""
    return draw.choice([0, 0, 0.02, 0.2])


def _tar(draw: random.Random) -> bytes:
    file, hostile = io.BytesIO(), _hostility(draw)
    with tarfile.open(fileobj=file, mode=draw.choice(MODES)) as archive:
        for _ in range(draw.choice([0, 1, 3, 10, 300])):
            member = tarfile.TarInfo(_name(draw, hostile))
            member.type = draw.choice(TYPES) if draw.random() < hostile else tarfile.REGTYPE
            member.linkname = _name(draw, hostile)
            member.mode = draw.choice([0o644, 0, 0o7777])
            content = _content(draw) if member.isreg() else b""
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def _zip(draw: random.Random) -> bytes:
    file, hostile = io.BytesIO(), _hostility(draw)
    method = draw.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
    with zipfile.ZipFile(file, "w", method) as archive:
        for _ in range(draw.choice([0, 1, 3, 10, 300])):
            member = zipfile.ZipInfo(_name(draw, hostile) or "x")
            member.compress_type = method
            if draw.random() < hostile:
                member.external_attr = draw.choice([0o120777, 0o010644, 0o020644]) << 16
            archive.writestr(member, _content(draw))
    return file.getvalue()


def case(draw: random.Random, folder: Path) -> str:
    """Unpack an archive and look at all that appeared beside and in its folder."""
    os.chdir(folder)
    warnings.simplefilter("ignore")  # of names that are in an archive twice
    (folder / "keep").write_text("mine")
    archive = folder / f"archive.{draw.choice(['zip', 'tar.gz', 'bin'])}"
    content = draw.choice([_tar, _zip])(draw)
    archive.write_bytes(mutated(content, draw) if draw.random() < 0.5 else content)
    before = set(os.listdir(folder))
    target = folder / "target"
    try:
        unpack(archive, target, max_bytes=MOST_BYTES, max_members=MOST_MEMBERS)
    finally:
        appeared = set(os.listdir(folder)) - before - {"target"}
        if appeared or Path("/tmp/soak-out.wav").exists():
            raise Wrong(f"beside the folder appeared {sorted(appeared)}")
        if (folder / "keep").read_text() != "mine":
            raise Wrong("a file beside the folder was changed")
    found = list(target.rglob("*"))
    if any(each.is_symlink() for each in found):
        raise Wrong("a link was unpacked")
    if sum(each.stat().st_size for each in found if each.is_file()) > 1.1 * MOST_BYTES:
        raise Wrong("more was unpacked than is allowed")
    return f"{len(found)} files and folders"
