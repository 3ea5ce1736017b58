"""Odd servers end in a clear error: endless, endlessly slow, too large, or out of their mind."""

import contextlib
import re
import shutil
import socket
import threading
import time

import pytest

from mishear.core.errors import UserError
from tests.unit.corpora.serving import CONTENT, assert_only, fetch, leave_a_part

OK = b"HTTP/1.1 200 OK\r\n"
LIMIT = 2_000_000


@pytest.fixture
def raw_server():
    """Serve bytes as they are given: any iterable of bytes, for each connection."""
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()
    answers = []

    def answer(connection, parts):
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            for part in parts:
                connection.sendall(part)
                if ended.is_set():
                    return

    def serve():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                parts = answers[0]()
                threading.Thread(target=answer, args=(connection, parts), daemon=True).start()

    def starting(parts):
        answers[:] = [parts]
        return f"http://127.0.0.1:{listening.getsockname()[1]}/corpus.tar.gz"

    threading.Thread(target=serve, daemon=True).start()
    yield starting
    ended.set()
    listening.close()


def forever(piece, pause=0.0):
    while True:
        yield piece
        time.sleep(pause)


def after(head, pieces):
    yield head
    yield from pieces


ENDLESS = {
    "body": lambda: after(OK + b"\r\n", forever(b"x" * 65536)),
    "chunks": lambda: after(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", forever(b"1000\r\n" + b"x" * 4096 + b"\r\n")
    ),
    "declared large": lambda: after(OK + b"Content-Length: 9000000000\r\n\r\n", [b"x"]),
}
SLOW = {
    "body": lambda: after(OK + b"Content-Length: 1000\r\n\r\n", forever(b"x", 0.05)),
    "body without an end": lambda: after(OK + b"\r\n", forever(b"x", 0.05)),
    "headers": lambda: after(OK, forever(b"X-Header: x\r\n", 0.05)),
    "one header": lambda: after(OK + b"X-Header: ", forever(b"x", 0.05)),
    "size of a chunk": lambda: after(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", forever(b"0", 0.05)
    ),
    "trailers": lambda: after(
        OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", forever(b"X-T: x\r\n", 0.05)
    ),
}
ODD = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "zero bytes": bytes(1000),
    "a status that is not a number": b"HTTP/1.1 abc OK\r\n\r\n",
    "a status of 99 digits": b"HTTP/1.1 " + b"2" * 99 + b" OK\r\n\r\n",
    "a header of 100,000 bytes": OK + b"X: " + b"x" * 100_000 + b"\r\n\r\n",
    "10,000 headers": OK + b"X: x\r\n" * 10_000 + b"\r\n",
    "two lengths": OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
    "a length of 5,000 digits": OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nx",
    "broken chunks": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc",
    "a negative chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nabc",
    "redirected to itself": b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n",
    "redirected to a file": b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
    "redirected to no host": b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\n\r\n",
    "redirected to no text": b"HTTP/1.1 302 Found\r\nLocation: /caf\xe9\r\n\r\n",
    "redirected nowhere": b"HTTP/1.1 302 Found\r\n\r\n",
    "a part that nobody asked for": (
        b"HTTP/1.1 206 Partial\r\nContent-Range: bytes 2-6/9\r\nContent-Length: 5\r\n\r\nabcde"
    ),
    "busy for ever": b"HTTP/1.1 503 Busy\r\nRetry-After: 99999999\r\nContent-Length: 0\r\n\r\n",
}


def refused(url, destination, **patience):
    started = time.monotonic()
    with pytest.raises(UserError, match="cannot be downloaded") as raised:
        fetch(url, destination, sha256=None, max_bytes=LIMIT, **{"retries": 1} | patience)
    assert time.monotonic() - started < 10
    assert not destination.exists()
    message = str(raised.value)
    assert len(message) < 2000
    return message


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_file_larger_than_the_limit_is_refused(raw_server, destination, kind):
    assert "too large" in refused(raw_server(ENDLESS[kind]), destination)
    assert list(destination.parent.iterdir()) == [] or kind == "declared large"


@pytest.mark.parametrize("kind", SLOW)
def test_a_server_that_drips_is_given_up(raw_server, destination, kind):
    message = refused(raw_server(SLOW[kind]), destination, window=0.3, slowest=1000, retries=0)
    assert "slower than 1000 bytes/s" in message or "no complete answer" in message


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_answer_is_an_error_with_a_reason(raw_server, destination, kind):
    refused(raw_server(lambda: [ODD[kind]]), destination)


@pytest.mark.parametrize("status", [b"302 Found\r\nLocation: /other", b"503 Busy", b"404 None"])
def test_the_body_of_another_answer_is_not_read(raw_server, destination, status):
    head = b"HTTP/1.1 " + status + b"\r\n\r\n"
    refused(raw_server(lambda: after(head, forever(b"x" * 65536))), destination)


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http://[::1",
        "http://exa mple.invalid/x",
        "http://.invalid/x",
        "http://" + "a" * 300 + "/x",
        "http://127.0.0.1:99999/x",
        "http://127.0.0.1:port/x",
        "https://\x00/x",
        "file:///no\x00thing",
        "ftp://127.0.0.1/x",
        "corpus.zip",
        "",
    ],
)
def test_an_odd_address_is_an_error_with_a_reason(destination, url):
    refused(url, destination)


def test_a_rest_of_a_file_of_another_length_is_not_glued(server, destination):
    server.content = b"old" * 100_000
    leave_a_part(server, destination)
    # The validator is the same, as on servers that take it from the time in seconds.
    server.content = CONTENT
    server.behaviours = [{}]
    fetch(server.url, destination, sha256=None)
    assert_only(destination)


def test_too_little_room_is_said_before_the_download(server, destination, monkeypatch):
    usage = shutil.disk_usage(".")._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(UserError, match="1 MB are missing, and the disk has 1 MB left. Make room"):
        fetch(server.url, destination)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"404 " + b"x" * 60_000, r"HTTP 404 x{200}\.\.\."),
        (b"404 \x1b[2Jgone\x07", r"HTTP 404 \\x1b\[2Jgone\\x07"),
        (b"404", r"HTTP 404$"),
        (b"503 \x1b[2Jbusy", r"HTTP 503 \\x1b\[2Jbusy"),
        (b"200 OK\r\nContent-Length:", r"stated as '', which is no number of bytes"),
        (b"200 OK\r\nContent-Length: \x1b[2J", r"stated as '\\x1b\[2J', which"),
        (b"200 OK\r\nContent-Length: 3, 4", r"not a usable answer: Content-Length contained mul"),
        (b"206 Partial\r\nContent-Range: bytes 2-4/5", r"the whole was asked for .*'bytes 2-4/5'"),
        (b"206 Partial\r\nContent-Range: bytes 0-2/*", r"the whole was asked for .*'bytes 0-2/\*'"),
        (b"206 Partial\r\nContent-Length: 3", r"Content-Range: ''"),
    ],
)
def test_a_strange_answer_is_named_in_a_form_that_fits(raw_server, destination, answer, said):
    url = raw_server(lambda: [b"HTTP/1.1 " + answer + b"\r\n\r\nabc"])
    message = refused(url, destination, retries=0)
    (line,) = (line for line in message.splitlines() if line.startswith("  - "))
    assert re.search(said, line.removesuffix(" (0 retries)"))
    assert line.isprintable() and len(line) < 400


def test_the_whole_file_as_a_range_that_was_not_asked_for_is_taken(raw_server, destination):
    head = b"HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-4/5\r\nContent-Length: 5\r\n\r\n"
    fetch(raw_server(lambda: [head + b"abcde"]), destination, sha256=None)
    assert destination.read_bytes() == b"abcde"
