"""The mock as an HTTP server: what it takes, what it refuses, and that nothing breaks it."""

import itertools
import json
import socket
from collections.abc import Iterator
from typing import Final

import pytest

from modelmix.testing.mock import MockProvider


@pytest.fixture
def mock(mm_mock: MockProvider) -> MockProvider:
    return mm_mock


BODY: Final = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "hello there"}]}).encode()
HEAD: Final = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
LENGTH: Final = b"content-length: %d\r\n" % len(BODY)


def _chunked(*cuts: int) -> bytes:
    edges = [0, *cuts, len(BODY)]
    pieces = [BODY[start:end] for start, end in itertools.pairwise(edges)]
    return b"".join(b"%x;note=1\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\nx: y\r\n\r\n"


@pytest.fixture
def connection(mock: MockProvider) -> Iterator[socket.socket]:
    port = int(mock.root.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as made:
        yield made


def _said(connection: socket.socket) -> bytes:
    """All that comes until the mock closes the connection."""
    pieces = iter(lambda: connection.recv(1 << 16), b"")
    return b"".join(pieces)


TAKEN: Final = {
    "a length": HEAD + LENGTH + b"connection: close\r\n\r\n" + BODY,
    "chunks": HEAD + b"transfer-encoding: chunked\r\nconnection: close\r\n\r\n" + _chunked(1, 7, 30),
    "headers in capitals": (HEAD + LENGTH).upper().replace(b"/V1/CHAT/COMPLETIONS", b"/v1/chat/completions")
    + b"CONNECTION: CLOSE\r\n\r\n"
    + BODY,
}


@pytest.mark.parametrize("data", TAKEN.values(), ids=TAKEN)
def test_a_body_comes_in_either_way(connection: socket.socket, data: bytes) -> None:
    connection.sendall(data)
    said = _said(connection)
    assert said.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"hello there" in said


def test_requests_follow_each_other_on_one_connection(connection: socket.socket) -> None:
    once = HEAD + LENGTH + b"\r\n" + BODY
    connection.sendall(once + once + HEAD + LENGTH + b"connection: close\r\n\r\n" + BODY)
    assert _said(connection).count(b"HTTP/1.1 200 OK") == 3


def test_a_client_that_waits_to_be_asked_for_its_body_is(connection: socket.socket) -> None:
    connection.sendall(HEAD + LENGTH + b"expect: 100-continue\r\nconnection: close\r\n\r\n")
    assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(BODY)
    assert b"hello there" in _said(connection)


ENDLESS: Final = b"100000\r\n%b\r\n" % bytes(1 << 20) * 65

REFUSED: Final = {
    "no request": (b"hello\r\n\r\n", b"400"),
    "characters that act": (b"GET /\x1b[31mred HTTP/1.1\r\nhost: x\r\n\r\n", b"400"),
    "a length that is none": (HEAD + b"content-length: -1\r\n\r\n", b"400"),
    "a length without end": (HEAD + b"content-length: 99999999999\r\n\r\n", b"413"),
    "a chunk that is none": (HEAD + b"transfer-encoding: chunked\r\n\r\nxyz\r\n", b"400"),
    "chunks without end": (
        HEAD + b"transfer-encoding: chunked\r\n\r\n" + b"100000\r\n%b\r\n" % bytes(1 << 20) * 65,
        b"413",
    ),
    "headers without end": (HEAD + b"x: " + b"a" * (1 << 17) + b"\r\n\r\n", b"431"),
    "a line without end": (HEAD + b"transfer-encoding: chunked\r\n\r\n" + b"0" * (1 << 17) + b"\r\n", b"431"),
}


@pytest.mark.parametrize(("data", "status"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_request_is_refused_and_the_connection_closed(
    connection: socket.socket, data: bytes, status: bytes
) -> None:
    connection.sendall(data)
    assert connection.recv(12) == b"HTTP/1.1 " + status


STRANGE: Final = {
    "a target that is no URL": b"GET http://[::1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    "a request nested deep": HEAD + b"connection: close\r\ncontent-length: 1400\r\n\r\n" + b"[" * 700 + b"]" * 700,
    "a body that is no text": HEAD + b"connection: close\r\ncontent-length: 3\r\n\r\n\xff\xfe\x00",
}


@pytest.mark.parametrize("data", STRANGE.values(), ids=STRANGE)
def test_strange_requests_get_an_error_and_break_nothing(connection: socket.socket, data: bytes) -> None:
    connection.sendall(data)
    assert b'"type":"invalid_request_error"' in _said(connection)


def test_whoever_asks_for_the_head_gets_no_body(connection: socket.socket) -> None:
    connection.sendall(b"HEAD /v1/models HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    said = _said(connection)
    assert said.startswith(b"HTTP/1.1 ")
    assert said.endswith(b"\r\n\r\n")


def test_a_mock_can_be_entered_again() -> None:
    mock = MockProvider()
    for _ in range(2):
        with mock:
            port = int(mock.root.rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", port), timeout=10) as made:
                made.sendall(HEAD + LENGTH + b"connection: close\r\n\r\n" + BODY)
                assert b"hello there" in _said(made)
    assert len(mock.requests) == 2


def test_only_this_machine_is_listened_to() -> None:
    with pytest.raises(ValueError, match="not this machine"):
        MockProvider(host="0.0.0.0")
