"""Gives an SDK a reply over HTTP on the loopback, chunk by chunk."""

from collections.abc import Mapping
from typing import Final

from fakes.replies import Framing, Reply, Step
from fakes.server import FaultServer, Request
from oracle.reply import WireReply

_OF_ANOTHER_BODY: Final = frozenset({"content-length", "transfer-encoding", "content-encoding", "connection"})
"""Headers that spoke of the bytes as they were sent then, compressed or otherwise framed."""


class Player:
    """A server that gives the reply that is set, whatever is asked."""

    def __init__(self) -> None:
        self._reply = Reply()
        self.server = FaultServer(self._answer)

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return f"http://127.0.0.1:{self.server.port}"

    def play(self, reply: WireReply) -> None:
        """Sets the next reply."""
        steps = tuple(Step(chunk) for chunk in reply.chunks)
        framing: Framing = "chunked" if reply.streamed else "length"
        self._reply = Reply(reply.status, _headers(reply.headers), steps, framing)

    def _answer(self, _: Request) -> Reply:
        return self._reply


def _headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _OF_ANOTHER_BODY}
