"""The texts in a conversation, as a model reads them."""

from collections.abc import Iterator

from modelmix.ast.content import (
    Audio,
    Bytes,
    CachePoint,
    Citation,
    File,
    Image,
    Json,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    ToolResult,
)
from modelmix.ast.message import Message, Tool


def parts_of(message: Message) -> Iterator[Part]:
    """The parts of a message, and those that the results in it hold."""
    if isinstance(message, Tool):
        for result in message.results:
            yield result
            yield from (part for part in result.content if not isinstance(part, Json))
    else:
        yield from message.parts


def texts_of(part: Part) -> Iterator[str]:
    """The texts in a part, without those of parts within it."""
    match part:
        case Text(text) | Reasoning(text) | Refusal(text):
            yield text
        case ToolCall(name=name, arguments=arguments):
            yield name
            yield arguments
        case ToolResult(content=content):
            yield from (piece.value for piece in content if isinstance(piece, Json))
        case File(source=Bytes(data=data, media_type=kind), name=name) if kind.startswith("text/"):
            yield f"{name or ''}\n{data.decode('utf-8', 'replace')}"
        case Image() | Audio() | File() | Opaque() | Citation() | CachePoint():
            pass
