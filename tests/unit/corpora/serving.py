"""A small server that misbehaves on request, and downloads from it."""

import hashlib
import os
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mishear.core.errors import UserError
from mishear.corpora.download import download
from mishear.corpora.transfer import Retrying

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


def fetch(urls, destination, sha256=SHA256, max_bytes=10**9, **given):
    urls = [urls] if isinstance(urls, str) else urls
    names = {key: given.pop(key, name) for key, name in (("corpus", "fsdd"), ("key", "archive"))}
    patience = Retrying(**{"backoff": 0, "timeout": 5} | given)
    return download(urls, destination, sha256, **names, retrying=patience, max_bytes=max_bytes)


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
