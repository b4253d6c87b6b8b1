"""A process without a network: whoever makes a socket that could leave it fails the test."""

import socket
from typing import Any

import pytest


def cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuses every socket but the pairs that an event loop wakes itself with."""

    class Refused(socket.socket):
        def __init__(self, family: int = -1, kind: int = -1, proto: int = -1, fileno: int | None = None) -> None:
            if fileno is None:
                raise AssertionError("a socket is opened")
            super().__init__(family, kind, proto, fileno)

    def refuse(*_: Any, **__: Any) -> None:  # whatever is asked for
        raise AssertionError("a name is looked up")

    monkeypatch.setattr(socket, "socket", Refused)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
