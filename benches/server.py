"""A loopback server that answers every request with the same short stream; it runs as a process of its own.

`python -m benches.server` prints its port and serves until its standard input is closed.
"""

import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from benches.made import long_stream

_HEAD: Final = b"\r\n".join(
    (b"HTTP/1.1 200 OK", b"content-type: text/event-stream", b"transfer-encoding: chunked", b"", b"")
)
_EVENTS: Final = 8
_FAREWELL: Final = 10.0


def reply() -> bytes:
    """The whole answer as it goes over the wire: one HTTP chunk an event."""
    events = [event + b"\n\n" for event in long_stream(_EVENTS).split(b"\n\n") if event]
    return _HEAD + b"".join([b"%x\r\n%s\r\n" % (len(event), event) for event in events]) + b"0\r\n\r\n"


def read_request(connection: socket.socket) -> bool:
    """Reads one request to its end; false where the other side has gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return False
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    sizes = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    left = int(sizes[0]) - len(body) if sizes else 0
    while left > 0:
        piece = connection.recv(65536)
        if not piece:
            return False
        left -= len(piece)
    return True


def _serve(connection: socket.socket, answer: bytes) -> None:
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while read_request(connection):
            connection.sendall(answer)


def _main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    answer = reply()

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection, answer), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    # Whoever started this ends it by closing the pipe, also by dying.
    sys.stdin.read()


@contextmanager
def running() -> Generator[int]:
    """The port of a server that runs for as long as this lasts."""
    command = [sys.executable, "-m", "benches.server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.communicate(timeout=_FAREWELL)


if __name__ == "__main__":
    _main()
