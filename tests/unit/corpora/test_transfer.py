"""Transfers are retried and continued, and never glue different files together."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mishear.core.errors import UserError
from tests.unit.corpora.serving import (
    CONTENT,
    SHA256,
    assert_only,
    fetch,
    leave_a_part,
)


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


def test_a_silent_server_is_given_up(server, destination):
    hold = threading.Event()
    server.behaviours = [{"cut": 1000, "stall": hold}]
    with pytest.raises(UserError, match="the connection was cut"):
        fetch(server.url, destination, retries=0, timeout=0.2)
    hold.set()


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
