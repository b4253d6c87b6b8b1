"""What a fake server sends back: replies cut into steps, and short ways to write those of the OpenAI dialect."""

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

Action: TypeAlias = Literal["go_on", "stall", "reset", "half_close", "close"]
"""What happens after the bytes of a step: the next step, silence, a TCP reset, or the end of sending or of it all."""

Framing: TypeAlias = Literal["length", "chunked", "close", "raw"]
"""How a body ends: by its length, by its last chunk, with the connection, or as the steps themselves say."""

Json: TypeAlias = Mapping[str, object]


@dataclass(frozen=True)
class Step:
    """Some bytes, after a delay in seconds, and what happens then."""

    data: bytes = b""
    delay: float = 0.0
    action: Action = "go_on"


@dataclass(frozen=True)
class Reply:
    """One reply. A status of 0 sends no head: the steps are all there is. `short` promises more than is sent."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    steps: tuple[Step, ...] = ()
    framing: Framing = "length"
    before: float = 0.0
    short: int = 0

    @property
    def head(self) -> bytes:
        """The status line and the headers, those of the framing among them."""
        lines = [f"HTTP/1.1 {self.status} As Planned", *(f"{name}: {value}" for name, value in self.headers.items())]
        match self.framing:
            case "length":
                lines.append(f"Content-Length: {sum(len(step.data) for step in self.steps) + self.short}")
            case "chunked":
                lines.append("Transfer-Encoding: chunked")
            case "close":
                lines.append("Connection: close")
            case "raw":
                pass
        return "\r\n".join([*lines, "", ""]).encode("latin-1") if self.status else b""

    def framed(self, data: bytes) -> bytes:
        """The bytes of a step as they go over the wire."""
        if self.framing != "chunked" or not data:
            return data
        return b"%x\r\n%b\r\n" % (len(data), data)

    @property
    def tail(self) -> bytes:
        """What ends the body."""
        return b"0\r\n\r\n" if self.framing == "chunked" else b""


def whole(document: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """A JSON document as a whole body."""
    return body(json.dumps(document).encode(), "application/json", status, headers)


def body(data: bytes, kind: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Any bytes as a whole body."""
    return Reply(status, {"Content-Type": kind, **(headers or {})}, (Step(data),))


def refusal(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Reply:
    """An error as OpenAI words it."""
    return whole({"error": {"message": message, "type": code, "code": code}}, status, headers)


def stream(*pieces: bytes | Step, framing: Framing = "chunked", headers: Mapping[str, str] | None = None) -> Reply:
    """A streamed body, a step a piece."""
    steps = tuple(piece if isinstance(piece, Step) else Step(piece) for piece in pieces)
    return Reply(200, {"Content-Type": "text/event-stream", **(headers or {})}, steps, framing)


def event(document: Json | str) -> bytes:
    """One server-sent event."""
    return f"data: {document if isinstance(document, str) else json.dumps(document)}\n\n".encode()


def delta(finish: str | None = None, usage: Json | None = None, **fields: object) -> bytes:
    """One chunk of a streamed completion."""
    choice = {"index": 0, "delta": fields, "finish_reason": finish}
    return event({**_HEAD, "object": "chat.completion.chunk", "choices": [choice], "usage": usage})


def words(*pieces: str) -> tuple[bytes, ...]:
    """Chunks of text."""
    return tuple(delta(content=piece) for piece in pieces)


def counts(spent: int, made: int) -> Json:
    """Usage as OpenAI words it."""
    return {"prompt_tokens": spent, "completion_tokens": made, "total_tokens": spent + made}


def usage_chunk(spent: int, made: int) -> bytes:
    """The last chunk, with nothing but usage."""
    return event({**_HEAD, "object": "chat.completion.chunk", "choices": [], "usage": counts(spent, made)})


def streamed_answer(*pieces: str, spent: int = 15, made: int = 3, finish: str = "stop") -> Reply:
    """A streamed answer from its first piece to `[DONE]`."""
    return stream(*words(*pieces), delta(finish), usage_chunk(spent, made), DONE)


def answer(text: str | None, spent: int = 15, made: int = 3, finish: str = "stop", **fields: object) -> Reply:
    """An answer in one piece."""
    message = {"role": "assistant", "content": text, **fields}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return whole({**_HEAD, "object": "chat.completion", "choices": [choice], "usage": counts(spent, made)})


def gzipped(reply: Reply) -> Reply:
    """The reply with its whole body compressed, sent in two steps cut in the midst of it."""
    packed = gzip.compress(b"".join(step.data for step in reply.steps), mtime=0)
    headers = {**reply.headers, "Content-Encoding": "gzip"}
    return replace(reply, headers=headers, steps=(Step(packed[:20]), Step(packed[20:])))


def broken(*pieces: bytes | Step, action: Action, framing: Framing = "chunked") -> Reply:
    """A streamed body that ends in a fault after its pieces."""
    return stream(*pieces, Step(action=action), framing=framing)


def silence(action: Action, after: float = 0.0) -> Reply:
    """No head at all, but a fault."""
    return Reply(0, {}, (Step(b"", after, action),), "raw")


def repeated(data: bytes, every: float, times: int) -> Sequence[Step]:
    """The same bytes again and again."""
    return (Step(data, every),) * times


def joined(replies: Iterable[Reply]) -> bytes:
    """All bytes of the bodies."""
    return b"".join(step.data for reply in replies for step in reply.steps)


_HEAD: Json = {"id": "chatcmpl-1", "created": 1, "model": "gpt-4o-2024-08-06"}
DONE = event("[DONE]")
