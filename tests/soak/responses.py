"""Servers that answer anything: the right file arrives, or the error says why not."""

import hashlib
import random
import socket
import threading
from pathlib import Path

from mishear.core.errors import UserError
from mishear.corpora.download import download
from mishear.corpora.transfer import Retrying
from tests.soak.guarding import Wrong
from tests.soak.mutating import mutated

CONTENT = bytes(range(256)) * 200
SHA256 = hashlib.sha256(CONTENT).hexdigest()
STATUSES = [200, 200, 200, 206, 206, 301, 302, 304, 307, 404, 416, 429, 500, 503, 99, 999]
ODD = ["", "-1", "0", "abc", "1" * 40, "\x01", "é", "bytes 0-1/2", "bytes */*", "a" * 9000]


def _header(draw: random.Random, body: bytes) -> str:
    name = draw.choice(
        ["Content-Length", "Content-Range", "Content-Encoding", "Transfer-Encoding", "Location"]
        + ["ETag", "Last-Modified", "Retry-After", "Content-Type", "Connection", "X\x00", ""]
    )
    sound = {
        "Content-Length": str(len(body)),
        "Content-Range": f"bytes 0-{len(body) - 1}/{len(body)}",
        "Transfer-Encoding": "chunked",
        "ETag": '"one"',
        "Location": draw.choice(
            ["/", "http://127.0.0.1:1/", "file:///etc/passwd", "//", "gopher:x"]
        ),
        "Content-Encoding": draw.choice(["gzip", "br", "deflate"]),
        "Retry-After": "0",
    }
    return f"{name}: {draw.choice([sound.get(name, 'x'), draw.choice(ODD)])}"


def _answer(draw: random.Random) -> bytes:
    """Return the bytes of one response."""
    body = draw.choice(
        [CONTENT, CONTENT, CONTENT[: draw.randrange(50_000)], b"", draw.randbytes(99)]
    )
    headers = [_header(draw, body) for _ in range(draw.randint(0, 4))]
    if draw.random() < 0.6:
        headers.append(f"Content-Length: {len(body)}")
    head = f"HTTP/1.1 {draw.choice(STATUSES)} Fine\r\n" + "".join(f"{h}\r\n" for h in headers)
    whole = head.encode("latin-1", "replace") + b"\r\n" + body
    return mutated(whole, draw, header=len(head)) if draw.random() < 0.3 else whole


class Server:
    """Answers each connection with the next of some responses, the last one again and again."""

    def __init__(self, answers: list[bytes]):
        self.answers = answers
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/corpus.tar.gz"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self.socket.accept()
            with connection:
                connection.settimeout(2)
                try:
                    connection.recv(65536)
                    answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                    connection.sendall(answer)
                except OSError:
                    continue


def case(draw: random.Random, folder: Path) -> str:
    """Download a file whose hash is known, or not."""
    checked = draw.random() < 0.7
    server = Server([_answer(draw) for _ in range(draw.randint(1, 4))])
    target = folder / "archive"
    patience = Retrying(backoff=0, timeout=2)
    try:
        download(
            [server.url], target, SHA256 if checked else None, retrying=patience, max_bytes=200_000
        )
    except UserError:
        if target.exists():
            raise Wrong("the download failed, but its file is there") from None
        raise
    if checked and target.read_bytes() != CONTENT:
        raise Wrong("another file than the one with this hash was accepted")
    if target.stat().st_size > 200_000:
        raise Wrong("a file beyond the limit was accepted")
    return f"{target.stat().st_size} bytes"
