"""Downloads against a small server on this machine that misbehaves on request."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.corpora.download import check_sha256, download

CONTENT = bytes(range(256)) * 4000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server:
    """A server of one file. Each request takes the next of `behaviours`, the last one stays."""

    def __init__(self):
        self.content = CONTENT
        self.validators = {"ETag": '"one"'}
        self.behaviours = [{}]
        self.requests = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server.answer(self)

            def log_message(self, *arguments):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}/corpus.tar.gz"

    def answer(self, handler):
        behaviour = self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]
        self.requests.append(dict(handler.headers))
        if "status" in behaviour:
            handler.send_response(behaviour["status"])
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        start = self.start_of_range(handler, behaviour)
        body = self.content[start:]
        handler.send_response(206 if start else 200)
        if start:
            last, total = len(self.content) - 1, len(self.content)
            handler.send_header("Content-Range", f"bytes {start}-{last}/{total}")
        for name, value in self.validators.items():
            handler.send_header(name, value)
        if behaviour.get("chunked"):
            self.send_chunked(handler, body, behaviour)
            return
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: behaviour.get("cut")])
        if "stall" in behaviour:
            handler.wfile.flush()
            behaviour["stall"].wait(20)
        handler.close_connection = "cut" in behaviour

    def start_of_range(self, handler, behaviour):
        wanted = handler.headers.get("Range")
        if wanted is None or behaviour.get("ranges") is False:
            return 0
        unchanged = handler.headers.get("If-Range") in self.validators.values()
        if not unchanged and not behaviour.get("ignores_if_range"):
            return 0
        return int(wanted.removeprefix("bytes=").removesuffix("-"))

    def send_chunked(self, handler, body, behaviour):
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        sent = body[: behaviour.get("cut")]
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(sent), sent))
        if "cut" not in behaviour:
            handler.wfile.write(b"0\r\n\r\n")
        handler.close_connection = "cut" in behaviour

    def ranges(self):
        return [headers.get("Range") for headers in self.requests]


@pytest.fixture
def server():
    running = Server()
    thread = threading.Thread(target=running.http.serve_forever, args=(0.01,))
    thread.start()
    yield running
    running.http.shutdown()
    running.http.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def destination(tmp_path):
    return tmp_path / "downloads" / "corpus.tar.gz"


def fetch(urls, destination, sha256=SHA256, **options):
    urls = [urls] if isinstance(urls, str) else urls
    return download(
        urls, destination, sha256, **{"corpus": "fsdd", "backoff": 0, "timeout": 5} | options
    )


def refused_url():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{closed.getsockname()[1]}/corpus.tar.gz"


def leave_a_part(server, destination):
    server.behaviours = [{"cut": 1000}, {"status": 404}]
    with pytest.raises(UserError, match="HTTP 404"):
        fetch(server.url, destination)
    assert destination.with_name(f"{destination.name}.part").stat().st_size == 1000


def assert_only(destination):
    assert destination.read_bytes() == CONTENT
    assert os.listdir(destination.parent) == [destination.name]


def test_downloads_with_a_progress_bar_on_stderr(server, destination, capsys):
    assert fetch(server.url, destination) == destination
    assert_only(destination)
    output = capsys.readouterr()
    assert "corpus.tar.gz" in output.err and "100%" in output.err
    assert output.out == ""


def test_length_may_be_unknown(server, destination):
    server.behaviours = [{"chunked": True}]
    fetch(server.url, destination)
    assert_only(destination)


def test_a_cut_connection_is_resumed(server, destination):
    server.behaviours = [{"cut": 300_000}, {"cut": 200_000}, {}]
    fetch(server.url, destination)
    assert_only(destination)
    assert server.ranges() == [None, "bytes=300000-", "bytes=500000-"]


def test_last_modified_serves_where_there_is_no_strong_etag(server, destination):
    date = "Wed, 21 Oct 2015 07:28:00 GMT"
    server.validators = {"ETag": 'W/"weak"', "Last-Modified": date}
    server.behaviours = [{"cut": 1000}, {}]
    fetch(server.url, destination)
    assert_only(destination)
    assert server.requests[1]["If-Range"] == date


def test_without_validator_the_download_starts_again(server, destination):
    server.validators = {}
    server.behaviours = [{"cut": 1000}, {}]
    fetch(server.url, destination)
    assert_only(destination)
    assert server.ranges() == [None, None]


def test_without_range_support_the_download_starts_again(server, destination, caplog):
    caplog.set_level("INFO")
    server.behaviours = [{"cut": 1000}, {"ranges": False}]
    fetch(server.url, destination)
    assert_only(destination)
    assert "starts from zero" in caplog.text


def test_a_cut_download_of_unknown_length_is_noticed(server, destination):
    server.behaviours = [{"chunked": True, "cut": 1000}, {"chunked": True, "ranges": False}]
    fetch(server.url, destination, sha256=None)
    assert_only(destination)


@pytest.mark.parametrize("behaviour", [{}, {"ignores_if_range": True}])
def test_a_changed_file_is_not_glued_to_an_old_half(server, destination, behaviour):
    server.content = b"old" * 100_000
    leave_a_part(server, destination)
    server.content, server.validators = CONTENT, {"ETag": '"two"'}
    server.behaviours = [behaviour]
    fetch(server.url, destination, sha256=None)
    assert_only(destination)


def test_a_server_that_always_cuts_is_given_up(server, destination):
    server.behaviours = [{"cut": 1000, "ranges": False}]
    with pytest.raises(UserError, match=r"cut after 1000 of 1024000 bytes \(2 retries\)"):
        fetch(server.url, destination, retries=2)
    assert not destination.exists()


def test_progress_is_not_counted_as_a_retry(server, destination):
    server.behaviours = [{"cut": 100_000}] * 11 + [{}]
    fetch(server.url, destination, retries=1)
    assert_only(destination)


def test_a_part_longer_than_the_file_is_dropped(server, destination):
    leave_a_part(server, destination)
    server.behaviours = [{"status": 416}, {}]
    fetch(server.url, destination)
    assert_only(destination)


def test_busy_is_tried_again(server, destination):
    server.behaviours = [{"status": 503}, {"status": 429}, {}]
    fetch(server.url, destination)
    assert_only(destination)


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
    with pytest.raises(UserError, match=f"a.zip is not the one .*\n.*{'1' * 64}\n.*{SHA256}"):
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


def test_a_silent_server_is_given_up(server, destination):
    hold = threading.Event()
    server.behaviours = [{"cut": 1000, "stall": hold}]
    with pytest.raises(UserError, match="the connection was cut"):
        fetch(server.url, destination, retries=0, timeout=0.2)
    hold.set()


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


def test_a_killed_process_is_continued_by_the_next(server, destination):
    hold = threading.Event()
    server.behaviours = [{"cut": 400_000, "stall": hold}, {}]
    code = "import sys; from mishear.corpora.download import download; download(*eval(sys.argv[1]))"
    arguments = repr(([server.url], str(destination), SHA256))
    library = Path(sys.modules["mishear"].__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": str(library)}
    part = destination.with_name(f"{destination.name}.part")
    with subprocess.Popen(
        [sys.executable, "-c", code, arguments], env=environment, stderr=subprocess.DEVNULL
    ) as process:
        while not (part.exists() and part.stat().st_size > 100_000):
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
    hold.set()
    left = part.stat().st_size
    fetch(server.url, destination)
    assert_only(destination)
    assert server.ranges() == [None, f"bytes={left}-"]


def test_a_complete_part_is_not_asked_for_again(server, destination):
    destination.parent.mkdir()
    part = destination.with_name(f"{destination.name}.part")
    part.write_bytes(CONTENT)
    note = {"url": server.url, "validator": None, "total": len(CONTENT)}
    part.with_name(f"{part.name}.json").write_text(json.dumps(note))
    fetch(server.url, destination)
    assert_only(destination)
    assert server.requests == []


@pytest.mark.parametrize("note", ["", "{", "[1]", '{"url": 1}'])
def test_a_part_with_a_broken_note_is_dropped(server, destination, note):
    destination.parent.mkdir()
    part = destination.with_name(f"{destination.name}.part")
    part.write_bytes(b"something else")
    part.with_name(f"{part.name}.json").write_text(note)
    fetch(server.url, destination)
    assert_only(destination)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    cuts=st.lists(st.integers(1, len(CONTENT) - 1), max_size=4),
    ranges=st.booleans(),
    chunked=st.booleans(),
)
def test_however_it_is_cut_the_bytes_are_right(server, destination, cuts, ranges, chunked):
    common = {"ranges": ranges, "chunked": chunked}
    server.behaviours = [common | {"cut": cut} for cut in cuts] + [common]
    fetch(server.url, destination, retries=5)
    assert_only(destination)
