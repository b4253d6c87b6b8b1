"""Gives an SDK a reply over HTTP on the loopback, chunk by chunk."""

from collections.abc import Mapping
from typing import Final

from fakes.replies import Reply, Step
from fakes.server import FaultServer, Request
from oracle.reply import WireReply

_OF_ANOTHER_BODY: Final = frozenset({"content-length", "transfer-encoding", "content-encoding", "connection"})
"""Headers that spoke of the bytes as they were sent then, compressed or otherwise framed."""


class Player:
    """The script of a server: whatever is asked, the reply that is set is the answer."""

    def __init__(self) -> None:
        self._reply = Reply()

    def set(self, reply: WireReply) -> None:
        """The next answer."""
        steps = tuple(Step(chunk) for chunk in reply.chunks)
        framing = "chunked" if reply.streamed else "length"
        self._reply = Reply(reply.status, _headers(reply.headers), steps, framing)

    def __call__(self, request: Request) -> Reply:
        """The answer, to any request."""
        return self._reply


def server(player: Player) -> FaultServer:
    """A server that plays."""
    return FaultServer(player)


def _headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _OF_ANOTHER_BODY}
