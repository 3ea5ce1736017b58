"""Archives come from the first mirror that serves them, with the hash they must have."""

import os

import pytest

from mishear.core.errors import UserError
from mishear.corpora.download import check_sha256
from tests.unit.corpora.serving import (
    CONTENT,
    SHA256,
    assert_only,
    fetch,
    refused_url,
)

pytestmark = pytest.mark.usefixtures("no_proxy")


def test_downloads_with_a_progress_bar_on_stderr(server, destination, capsys):
    assert fetch(server.url, destination) == destination
    assert_only(destination)
    output = capsys.readouterr()
    assert "corpus.tar.gz" in output.err and "100%" in output.err
    assert output.out == ""


def test_missing_leads_to_the_mirror(server, destination, caplog):
    server.behaviours = [{"status": 404}, {}]
    fetch([server.url, f"{server.url}?mirror"], destination)
    assert_only(destination)
    assert "HTTP 404" in caplog.text


def test_a_part_from_one_mirror_is_not_continued_from_another(server, destination):
    server.behaviours = [{"cut": 1000}, {"status": 404}, {}]
    fetch([server.url, f"{server.url}?mirror"], destination)
    assert_only(destination)
    assert server.ranges() == [None, "bytes=1000-", None]


def test_a_wrong_hash_deletes_the_part(server, destination):
    with pytest.raises(UserError) as caught:
        fetch(server.url, destination, sha256="0" * 64)
    message = str(caught.value)
    assert f"expected sha256 {'0' * 64}" in message and f"got      sha256 {SHA256}" in message
    assert "corpora.fsdd.sha256" in message and server.url in message
    assert os.listdir(destination.parent) == []


def test_the_hash_may_be_in_capitals(server, destination):
    fetch(server.url, destination, sha256=SHA256.upper())
    assert_only(destination)


def test_unreachable_says_what_to_do(destination):
    url = refused_url()
    with pytest.raises(UserError) as caught:
        fetch(url, destination, retries=1)
    message = str(caught.value)
    assert f"{url}: " in message and "refused" in message
    assert "--config 'corpora={fsdd: {archive: PATH-OR-URL}}'" in message
    assert "espeak" in message and "offline" in message
    assert " object at " not in message


def test_the_key_of_the_error_can_be_another(destination):
    with pytest.raises(UserError, match=r"corpora=\{mine: \{path: PATH-OR-URL\}\}"):
        fetch(refused_url(), destination, retries=0, corpus="mine", key="path")


def test_the_hash_of_a_local_archive(tmp_path):
    (tmp_path / "a.zip").write_bytes(CONTENT)
    check_sha256(tmp_path / "a.zip", SHA256)
    with pytest.raises(UserError, match=f"a.zip is not the expected.*\n.*{'1' * 64}\n.*{SHA256}"):
        check_sha256(tmp_path / "a.zip", "1" * 64)
    with pytest.raises(UserError, match="Cannot read the archive .*No such file"):
        check_sha256(tmp_path / "missing.zip", SHA256)


def test_every_address_is_named_in_the_error(server, destination, tmp_path):
    server.behaviours = [{"status": 403}]
    missing = (tmp_path / "missing.zip").as_uri()
    with pytest.raises(UserError) as caught:
        fetch([server.url, missing, "ftp://127.0.0.1/x"], destination)
    message = str(caught.value)
    assert "HTTP 403" in message
    assert f"{missing}: there is no such file" in message
    assert "not an http://, https:// or file:// address" in message


def test_file_addresses_are_copied(tmp_path, destination):
    archive = tmp_path / "my archive ü.tar.gz"
    archive.write_bytes(CONTENT)
    fetch(archive.as_uri(), destination)
    assert_only(destination)
    assert archive.read_bytes() == CONTENT


def test_a_folder_that_is_a_file(server, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="Cannot write .*Make room or mend the permissions"):
        fetch(server.url, tmp_path / "file" / "x")
