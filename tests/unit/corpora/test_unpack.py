"""Good, damaged and hostile archives."""

import gzip
import io
import lzma
import os
import stat
import subprocess
import sys
import tarfile
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.corpora.unpack import unpack

FILES = {
    "corpus-1/recordings/0_a_0.wav": os.urandom(30_000),
    "corpus-1/recordings/1_a_0.wav": b"second",
    "corpus-1/README.md": b"",
}
TAR_MODES = {"tar": "w", "tar.gz": "w:gz", "tar.bz2": "w:bz2", "tar.xz": "w:xz"}


def make_tar(path, files=FILES, mode="w:gz", members=()):
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.mode = 0o4777
            archive.addfile(info, io.BytesIO(content))
        for info in members:
            archive.addfile(info)
    return path


def make_zip(path, files=FILES, mode=0o644):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return path


def tar_member(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def assert_refused(archive, tmp_path, *texts, **options):
    """The archive is refused with these texts, and nothing is left behind or outside."""
    parent = tmp_path / "inside" / "corpora"
    with pytest.raises(UserError) as caught:
        unpack(archive, parent / "unpacked", **options)
    for text in (str(archive), *texts):
        assert text in str(caught.value)
    assert not parent.exists() or os.listdir(parent) == []
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize("form", [*TAR_MODES, "zip"])
def test_every_form_is_told_by_its_content(tmp_path, form):
    archive = tmp_path / "archive.bin"
    if form == "zip":
        make_zip(archive)
    else:
        make_tar(archive, mode=TAR_MODES[form])
    folder = unpack(archive, tmp_path / "new" / "unpacked")
    assert contents(folder) == FILES
    assert os.listdir(folder.parent) == ["unpacked"]


def test_folders_and_mac_files(tmp_path):
    archive = tmp_path / "a.zip"
    make_zip(archive, {"corpus/": b"", "corpus/a.wav": b"x", "__MACOSX/corpus/._a.wav": b"y"})
    assert contents(unpack(archive, tmp_path / "out"))["corpus/a.wav"] == b"x"


def test_permissions_are_not_kept(tmp_path):
    folder = unpack(make_tar(tmp_path / "a.tar.gz"), tmp_path / "out")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}
    assert all(mode & 0o7111 == 0 for mode in modes)
    assert stat.S_IMODE(folder.stat().st_mode) & 0o700 == 0o700


def test_what_a_killed_process_left_is_removed(tmp_path):
    (tmp_path / "new" / ".out.abc.partial" / "content").mkdir(parents=True)
    (tmp_path / "new" / ".other.abc.partial").mkdir()
    unpack(make_zip(tmp_path / "a.zip"), tmp_path / "new" / "out")
    assert sorted(os.listdir(tmp_path / "new")) == [".other.abc.partial", "out"]


def test_a_full_disk_is_not_called_damage(tmp_path, monkeypatch):
    archive = make_zip(tmp_path / "a.zip")
    monkeypatch.setattr("mishear.corpora.unpack.Path.open", open_on_a_full_disk)
    assert_refused(archive, tmp_path, "Cannot unpack corpus-1/", "No space left on device")


def open_on_a_full_disk(path, mode="r"):
    return open("/dev/full" if "w" in mode else path, mode)


def test_an_empty_folder_may_be_there(tmp_path):
    (tmp_path / "out").mkdir()
    assert contents(unpack(make_zip(tmp_path / "a.zip"), tmp_path / "out")) == FILES


def test_a_full_folder_may_not(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.wav").write_bytes(b"mine")
    with pytest.raises(UserError, match="already exists"):
        unpack(make_zip(tmp_path / "a.zip"), tmp_path / "out")
    assert contents(tmp_path / "out") == {"mine.wav": b"mine"}


OUTSIDE = ["../evil.wav", "a/../../evil.wav", "..\\evil.wav", "a\\..\\..\\evil.wav"]
ABSOLUTE = ["/evil.wav", "//evil.wav", "C:\\evil.wav", "C:/evil.wav", "\\evil.wav"]


@pytest.mark.parametrize("name", OUTSIDE + ABSOLUTE)
@pytest.mark.parametrize("make", [make_tar, make_zip])
def test_names_that_lead_outside(tmp_path, make, name):
    archive = make(tmp_path / "archive", {"good.wav": b"x", name: b"evil"})
    assert_refused(archive, tmp_path, name, "leads out of the folder")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
@pytest.mark.parametrize("target", ["../../evil", "/etc/hostname", "a/../../evil"])
def test_tar_links_that_lead_outside(tmp_path, kind, target):
    archive = make_tar(tmp_path / "a.tar", members=[tar_member("link.wav", kind, target)])
    assert_refused(archive, tmp_path, "link.wav", "leads out of the folder")


@pytest.mark.parametrize("target", ["../evil", "/etc/hostname"])
def test_zip_links_that_lead_outside(tmp_path, target):
    archive = make_zip(tmp_path / "a.zip", {"link.wav": target.encode()}, stat.S_IFLNK | 0o777)
    assert_refused(archive, tmp_path, "link.wav", "leads out of the folder")


def test_a_file_behind_a_linked_folder_stays_inside(tmp_path):
    members = [tar_member("out", tarfile.SYMTYPE, "corpus-1"), tarfile.TarInfo("out/empty.wav")]
    folder = unpack(make_tar(tmp_path / "a.tar", members=members), tmp_path / "unpacked")
    assert contents(folder) == FILES | {"out/empty.wav": b""}
    assert not any(path.is_symlink() for path in folder.rglob("*"))


@pytest.mark.parametrize(
    ("kind", "target"),
    [(tarfile.SYMTYPE, "../recordings/1_a_0.wav"), (tarfile.LNKTYPE, [*FILES][1])],
)
def test_links_inside_become_copies(tmp_path, kind, target):
    link = tar_member("corpus-1/links/2.wav", kind, target)
    folder = unpack(make_tar(tmp_path / "a.tar", members=[link]), tmp_path / "unpacked")
    assert contents(folder) == FILES | {"corpus-1/links/2.wav": b"second"}
    assert not (folder / "corpus-1/links/2.wav").is_symlink()


@pytest.mark.parametrize("target", ["gone.wav", "x" * 300, "2.wav", "recordings"])
def test_links_to_what_is_not_there_are_left_out_and_named(tmp_path, target, caplog):
    link = tar_member("corpus-1/2.wav", tarfile.SYMTYPE, target)
    folder = unpack(make_tar(tmp_path / "a.tar", members=[link]), tmp_path / "unpacked")
    assert contents(folder) == FILES
    assert "1 links lead to no file and are left out, such as 'corpus-1/2.wav -> " in caplog.text


def test_zip_links_inside_become_copies(tmp_path):
    archive = make_zip(tmp_path / "a.zip")
    with zipfile.ZipFile(archive, "a") as opened:
        info = zipfile.ZipInfo("corpus-1/2.wav")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(info, "recordings/1_a_0.wav")
    folder = unpack(archive, tmp_path / "unpacked")
    assert contents(folder)["corpus-1/2.wav"] == b"second"


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_devices(tmp_path, kind):
    archive = make_tar(tmp_path / "a.tar", members=[tar_member("evil.wav", kind)])
    assert_refused(archive, tmp_path, "evil.wav", "device or other special file")


def test_zip_devices(tmp_path):
    archive = make_zip(tmp_path / "a.zip", {"evil.wav": b""}, stat.S_IFCHR | 0o666)
    assert_refused(archive, tmp_path, "evil.wav", "device or other special file")


@pytest.mark.parametrize("make", [make_tar, make_zip])
def test_more_bytes_than_allowed(tmp_path, make):
    archive = make(tmp_path / "archive", {"bomb.wav": bytes(5_000_000)})
    assert archive.stat().st_size < 10_000
    assert_refused(
        archive, tmp_path, "bomb.wav", "more than 4000000 bytes", "max_unpacked_gigabytes",
        max_bytes=4_000_000,
    )  # fmt: skip


def test_a_zip_that_lies_about_its_size(tmp_path):
    archive = make_zip(tmp_path / "a.zip", {"bomb.wav": bytes(5_000_000)})
    packed = archive.read_bytes().replace((5_000_000).to_bytes(4, "little"), b"\1\0\0\0")
    archive.write_bytes(packed)
    assert_refused(archive, tmp_path, "bomb.wav", max_bytes=4_000_000)


def test_copies_of_links_count(tmp_path):
    links = [tar_member(f"{number}.wav", tarfile.LNKTYPE, "big.wav") for number in range(9)]
    archive = make_tar(tmp_path / "a.tar.gz", {"big.wav": bytes(1_000_000)}, members=links)
    assert_refused(archive, tmp_path, "more than 5000000 bytes", max_bytes=5_000_000)


@pytest.mark.parametrize("make", [make_tar, make_zip])
def test_more_members_than_allowed(tmp_path, make):
    archive = make(tmp_path / "archive", {f"{number}.wav": b"" for number in range(20)})
    assert_refused(archive, tmp_path, "more than 10 members", max_members=10)


@pytest.mark.parametrize("form", [*TAR_MODES, "zip"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_truncated(tmp_path, form, share):
    archive = tmp_path / f"archive.{form}"
    if form == "zip":
        make_zip(archive)
    else:
        make_tar(archive, mode=TAR_MODES[form])
    packed = archive.read_bytes()
    size = int(len(packed) * share)
    if form == "tar":  # it ends in padding that may be missing
        size = int(share * (sum(map(len, FILES.values())) + 512 * len(FILES)))
    archive.write_bytes(packed[:size])
    assert_refused(archive, tmp_path, "damaged or cut off", "fetch it again")


def test_a_tar_cut_between_two_members(tmp_path):
    archive = make_tar(tmp_path / "a.tar", {"0.wav": bytes(512), "1.wav": bytes(512)}, "w")
    archive.write_bytes(archive.read_bytes()[:1024])
    assert_refused(archive, tmp_path, "end-of-archive mark is missing", "0.wav")


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_wrong_checksum_after_the_last_member(tmp_path, pack):
    plain = make_tar(tmp_path / "a.tar", mode="w").read_bytes()
    packed = bytearray(pack(plain))
    packed[-6] ^= 0xFF
    (tmp_path / "a.tar.gz").write_bytes(packed)
    assert_refused(tmp_path / "a.tar.gz", tmp_path, "damaged or cut off")


@pytest.mark.parametrize("make", [make_tar, make_zip])
@given(position=st.floats(0.05, 0.95), flip=st.integers(1, 255))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damage_is_an_error_or_harmless(tmp_path, make, position, flip):
    archive = make(tmp_path / "archive", FILES)
    packed = bytearray(archive.read_bytes())
    packed[int(position * len(packed))] ^= flip
    archive.write_bytes(packed)
    unpacked = tmp_path / "unpacked"
    try:
        folder = unpack(archive, unpacked)
    except UserError:
        assert not unpacked.exists()
    else:
        assert sorted(contents(folder).values()) == sorted(FILES.values())
        folder.rename(tmp_path / f"done-{len(os.listdir(tmp_path))}")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "it is empty"),
        (b"<!DOCTYPE html><html>", "begins with b'<!DOCTYPE html><"),
        (b"RIFF" + bytes(600), "not a zip or tar archive"),
        (b"\x1f\x8b but no gzip", "damaged or cut off"),
        (gzip.compress(b"no tar in it" * 100, mtime=0), "damaged or cut off"),
        (b"PK\x03\x04 but no zip", "damaged or cut off"),
    ],
)
def test_no_archives(tmp_path, content, text):
    (tmp_path / "a.zip").write_bytes(content)
    assert_refused(tmp_path / "a.zip", tmp_path, text)


@pytest.mark.parametrize("make", [make_tar, make_zip])
def test_archives_without_files(tmp_path, make):
    assert_refused(make(tmp_path / "archive", {}), tmp_path, "holds no files")


def test_a_missing_archive(tmp_path):
    assert_refused(tmp_path / "missing.zip", tmp_path, "No such file")


def test_a_directory_in_place_of_an_archive(tmp_path):
    (tmp_path / "folder").mkdir()
    assert_refused(tmp_path / "folder", tmp_path, "Is a directory")


def test_an_encrypted_zip(tmp_path):
    archive = make_zip(tmp_path / "a.zip", {"a.wav": b"secret"})
    packed = bytearray(archive.read_bytes())
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(packed)
    assert_refused(archive, tmp_path, "a.wav is encrypted")


def test_an_unknown_compression(tmp_path):
    archive = make_zip(tmp_path / "a.zip", {"a.wav": b"x"})
    packed = bytearray(archive.read_bytes())
    packed[8] = packed[packed.index(b"PK\x01\x02") + 10] = 97
    archive.write_bytes(packed)
    assert_refused(archive, tmp_path, "a.wav", "cannot read")


@pytest.mark.parametrize("names", [("a", "a/b.wav"), ("a/b.wav", "a"), ("x" * 300,)])
def test_names_that_cannot_be_made(tmp_path, names):
    archive = make_tar(tmp_path / "a.tar", dict.fromkeys(names, b"x"))
    assert_refused(archive, tmp_path, "Cannot unpack", names[-1])


def test_unpacked_under_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="Cannot write"):
        unpack(make_zip(tmp_path / "a.zip"), tmp_path / "file" / "out")


BOUNDED = """
import resource, sys
from pathlib import Path
from mishear.core.errors import UserError
from mishear.corpora.unpack import unpack
pages = int(Path("/proc/self/statm").read_text().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 500_000_000,) * 2)
try:
    unpack(Path(sys.argv[1]), Path(sys.argv[2]), max_bytes=10**6)
except UserError as error:
    print(error)
"""


def test_a_member_that_asks_for_gigabytes_of_memory_is_named(tmp_path):
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_LZMA) as zipped:
        zipped.writestr("a/word.wav", bytes(1000))
    content = archive.read_bytes()
    # After the version, and the length of what follows: a byte, and the size of the dictionary.
    place = content.index(b"\x05\x00\x5d") + 3
    archive.write_bytes(content[:place] + b"\xf0\xff\xff\xff" + content[place + 4 :])
    done = subprocess.run(
        [sys.executable, "-c", BOUNDED, str(archive), str(tmp_path / "out")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert "asks for more memory than is left" in done.stdout, done.stderr
    assert "a/word.wav" in done.stdout
    assert not (tmp_path / "out").exists()
