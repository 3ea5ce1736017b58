"""Headers that make no sense, and archives that unpack to far more than they should."""

import gzip
import io
import os
import resource
import subprocess
import sys
import tarfile
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.corpora.unpack import unpack

LIMIT = 10_000_000
FIELDS = (0, 124, 148, 156, 157, 257, 345, 386, 482, 483)
"""Where the fields of a tar header begin."""


def tar_of(members, form=tarfile.GNU_FORMAT):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=form) as opened:
        for info, content in members:
            info.size = len(content)
            opened.addfile(info, io.BytesIO(content))
    return archive.getvalue()


def tar_member(name="0_a.wav", **given):
    info = tarfile.TarInfo(name)
    for key, value in given.items():
        setattr(info, key, value)
    return info


def with_checksum(archive, block):
    header = archive[block : block + 512]
    header[148:156] = b" " * 8
    archive[block + 148 : block + 156] = b"%06o\0 " % sum(header)


def refused(tmp_path, content, said):
    (tmp_path / "archive").write_bytes(content)
    with pytest.raises(UserError, match=said):
        unpack(tmp_path / "archive", tmp_path / "folder", max_bytes=LIMIT)
    assert os.listdir(tmp_path) == ["archive"]


def test_a_member_without_a_name(tmp_path):
    refused(tmp_path, tar_of([(tar_member(""), b"x")]), "a member without a name")
    nameless = io.BytesIO()
    with zipfile.ZipFile(nameless, "w") as opened:
        opened.writestr("0_a.wav", b"x")
        info = zipfile.ZipInfo("x")
        info.filename = info.orig_filename = ""
        opened.writestr(info, b"y")
    refused(tmp_path, nameless.getvalue(), "a member without a name")


def test_a_sparse_member_that_says_it_has_exabytes(tmp_path):
    archive = bytearray(tar_of([(tar_member(type=tarfile.GNUTYPE_SPARSE), b"x" * 512)]))
    archive[386:410] = b"%011o\0%011o\0" % (0, 512)
    archive[483:495] = b"\x80" + (1 << 60).to_bytes(11, "big")
    with_checksum(archive, 0)
    refused(tmp_path, bytes(archive), "unpacks to more than 10000000 bytes")


@pytest.mark.parametrize(
    "headers",
    [
        {"GNU.sparse.map": "0,x"},
        {"GNU.sparse.size": "abc", "GNU.sparse.map": "0,1"},
        {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"},
        {"size": "-5"},
        {"path": "a\0b"},
    ],
)
def test_extended_headers_that_make_no_sense(tmp_path, headers):
    members = [(tar_member(pax_headers=headers), b"abc")]
    refused(tmp_path, tar_of(members, tarfile.PAX_FORMAT), "damaged|leads out")


@pytest.mark.parametrize(
    "kind",
    [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.DIRTYPE, tarfile.REGTYPE, b"end"],
)
def test_a_bomb_costs_neither_memory_nor_time(tmp_path, kind):
    size = 1 << 28
    with gzip.open(tmp_path / "archive", "wb", compresslevel=1) as file:
        if kind == b"end":
            file.write(tar_of([(tar_member(), b"abc")]))
        else:
            header = tar_member(type=kind, size=size)
            file.write(header.tobuf(tarfile.GNU_FORMAT))
        for _ in range(size >> 20):
            file.write(bytes(1 << 20))
    code = (
        "import resource, sys\n"
        "from mishear.core.errors import UserError\n"
        "from mishear.corpora.unpack import unpack\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    unpack('archive', 'folder', max_bytes=10_000_000)\n"
        "except UserError as error:\n    print(error)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    said, grown = done.stdout.strip().rsplit("\n", 1)
    assert "unpacks to more than" in said or "a header of" in said
    assert int(grown) < 60_000  # KiB
    assert os.listdir(tmp_path) == ["archive"]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    form=st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT]),
    block=st.integers(0, 7),
    field=st.sampled_from(FIELDS),
    value=st.binary(min_size=1, max_size=12),
)
def test_a_forged_header_is_an_error_or_harmless(tmp_path, form, block, field, value):
    members = [(tar_member("a/0_ä.wav"), b"abc" * 1000), (tar_member("b" * 90), b"")]
    archive = bytearray(tar_of(members, form))
    start = block * 512
    archive[start + field : start + field + len(value)] = value
    with_checksum(archive, start)
    (tmp_path / "archive").write_bytes(bytes(archive))
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * LIMIT, limit[1]))
    try:
        unpack(tmp_path / "archive", tmp_path / "folder", max_bytes=LIMIT)
    except UserError:
        assert not (tmp_path / "folder").exists()
    else:
        for path in sorted((tmp_path / "folder").rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        (tmp_path / "folder").rmdir()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
