"""What is said on one connection: HTTP/1.1 as h11 has it, requests in and replies out."""

import asyncio
from asyncio import StreamReader, StreamWriter
from http import HTTPStatus
from typing import Final

import h11

from modelmix.testing.mock.seen import Request
from modelmix.testing.mock.wire import Reply, plain

_HEAD_LIMIT: Final = 1 << 16
_BODY_LIMIT: Final = 64 << 20
_PIECE: Final = 1 << 16
_PHRASES: Final = {each.value: each.phrase for each in HTTPStatus}


class Refused(Exception):  # noqa: N818 - it says what happened
    """Bytes that are no request we take; its reply is the last on the connection."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.reply = plain(text, status)


class Conversation:
    """The talk on one connection, in which each request waits for the reply to the one before."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_LIMIT)
        self._bare = False

    async def request(self) -> Request | None:
        """The next request; None where the client sends no more.

        Raises
        ------
        Refused
            When what comes is no request, or one that is too long.
        """
        try:
            head = await self._event()
            if not isinstance(head, h11.Request):
                return None
            self._bare = head.method == b"HEAD"
            headers = {name.decode(): value.decode("latin-1") for name, value in head.headers}
            if int(headers.get("content-length", 0)) > _BODY_LIMIT:
                raise Refused(413, "the body is too long")
            body = await self._body()
        except h11.RemoteProtocolError as cause:
            raise Refused(cause.error_status_hint, str(cause)) from None
        return Request(method=head.method.decode(), target=head.target.decode(), headers=headers, body=body)

    async def send(self, reply: Reply) -> bool:
        """Sends a reply, step by step, each when it is due; whether there may be another request."""
        if reply.before:
            await asyncio.sleep(reply.before)
        self._write(_head(reply))
        for step in () if self._bare else reply.steps:
            if step.delay:
                await self._writer.drain()
                await asyncio.sleep(step.delay)
            if step.data:
                self._write(h11.Data(data=step.data))
                await self._writer.drain()
        if not reply.dropped:
            self._write(h11.EndOfMessage())
        await self._writer.drain()
        if (self._http.our_state, self._http.their_state) != (h11.DONE, h11.DONE):
            return False
        self._http.start_next_cycle()
        return True

    def _write(self, event: h11.Event) -> None:
        self._writer.write(self._http.send(event) or b"")

    async def _body(self) -> bytes:
        body = bytearray()
        while isinstance(event := await self._event(), h11.Data):
            body += event.data
            if len(body) > _BODY_LIMIT:
                raise Refused(413, "the body is too long")
        return bytes(body)

    async def _event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                self._write(h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue"))
            self._http.receive_data(await self._reader.read(_PIECE))
        return event


def _head(reply: Reply) -> h11.Response:
    length = sum(len(step.data) for step in reply.steps) if reply.length is None else reply.length
    framing = ("transfer-encoding", "chunked") if reply.streamed else ("content-length", str(length))
    return h11.Response(
        status_code=reply.status,
        headers=[*reply.headers, framing],
        reason=_PHRASES.get(reply.status, "As Planned").encode(),
    )
