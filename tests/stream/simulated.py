"""The simulated chat replies, and what each of them is held against."""

import base64
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from modelmix.ast.content import AssistantPart, JsonText, ToolCall
from modelmix.ast.event import Failed, Finished
from modelmix.ast.response import FinishReason, Response
from modelmix.ast.usage import Usage
from modelmix.decode import DialectName, Tags
from modelmix.errors import SentError
from stream.feeding import CUTS, read

FILE: Final = Path(__file__).parents[1] / "fixtures" / "chat" / "streams.json"


class Entry(Struct, frozen=True):
    """One reply, as text where it is any."""

    id: str
    source: str
    text: str | None = None
    base64: str | None = None


class Streams(Struct, frozen=True):
    """The file."""

    origin: str
    generator: str
    streams: tuple[Entry, ...]


class Want(NamedTuple):
    """What a reply amounts to: the answer, and the error that ended it, if one did."""

    answer: Response
    error: SentError | None = None
    tags: Tags = "none"


def finished(
    *parts: AssistantPart,
    finish: FinishReason = "stop",
    raw: str | None = "stop",
    usage: Usage | None = None,
    reply: tuple[str | None, str | None] = (None, None),
    tags: Tags = "none",
) -> Want:
    """A reply that is complete; `reply` has its id and model."""
    reply_id, model = reply
    answer = Response(parts=parts, finish=finish, raw_finish=raw, usage=usage or Usage(), id=reply_id, model=model)
    return Want(answer, None, tags)


def failed(error: SentError, *parts: AssistantPart, tags: Tags = "none") -> Want:
    """A reply that broke, and what had come of it."""
    return Want(Response(parts=parts), error, tags)


def called(call_id: str, name: str, arguments: str, *, minted: bool = False) -> ToolCall:
    """A tool call."""
    return ToolCall(id=call_id, name=name, arguments=JsonText(arguments), minted=minted)


def load() -> dict[str, bytes]:
    """Every reply by its id."""
    file = msgspec.json.decode(FILE.read_bytes(), type=Streams)
    assert file.origin == "simulated"
    bodies = {entry.id: base64.b64decode(entry.base64) if entry.base64 else entry.text for entry in file.streams}
    return {name: body.encode() if isinstance(body, str) else body or b"" for name, body in bodies.items()}


STREAMS: Final = load()


def names(*groups: str) -> set[str]:
    """The ids of the replies in some groups."""
    return {name for name in STREAMS if name.startswith(tuple(f"{group}/" for group in groups))}


def check(name: str, want: Want) -> None:
    """Decodes a reply whole, byte by byte, at random cuts, and cut in two everywhere (the longest: at every 13th)."""
    hold(STREAMS[name], name, want)


def hold(body: bytes, name: str, want: Want, dialect: DialectName = "openai-chat") -> None:
    """As `check`, for a reply in any dialect."""
    cuts = range(1, len(body), 1 if len(body) <= 2048 else 13)
    chunked = [*[list(cut(body, name)) for cut in CUTS.values()], *[[body[:at], body[at:]] for at in cuts]]
    for chunks in chunked:
        reading = read(chunks, dialect=dialect, tags=want.tags)
        assert reading.answer == want.answer
        match want.error:
            case None:
                assert reading.end == Finished(want.answer.finish, want.answer.raw_finish)
            case error:
                assert reading.end == Failed(error)
