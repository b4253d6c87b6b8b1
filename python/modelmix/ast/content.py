"""What a message holds: an ordered sequence of parts."""

from typing import Literal, NewType, TypeAlias

from modelmix.node import Node

JsonText = NewType("JsonText", str)
"""One JSON document as text. It is kept as text because it is hashable, and because what a model wrote goes back as
the model wrote it."""


class Seal(Node, frozen=True):
    """What a provider wants back with a part, verbatim: a signature, or encrypted reasoning.

    `owner` is the dialect that issued it; nobody else is sent it, and nobody but the owner can read it.
    """

    owner: str
    value: str


class Bytes(Node, frozen=True, tag="bytes"):
    """Content held here, with its media type, such as `image/png`."""

    data: bytes
    media_type: str


class Url(Node, frozen=True, tag="url"):
    """Content that the provider fetches itself. modelmix never does."""

    url: str
    media_type: str | None = None


class Uploaded(Node, frozen=True, tag="uploaded"):
    """Content that was uploaded to the provider before, by the id it gave."""

    id: str
    media_type: str | None = None


Source: TypeAlias = Bytes | Url | Uploaded
"""Where the bytes of a media part are."""


class Text(Node, frozen=True, tag="text"):
    """Words. Some providers sign them (Gemini 3): `seal` goes back with them."""

    text: str
    seal: Seal | None = None


class Image(Node, frozen=True, tag="image"):
    """A picture; `detail` is how closely the model shall look, where the provider lets you choose."""

    source: Source
    detail: Literal["auto", "low", "high"] | None = None


class Audio(Node, frozen=True, tag="audio"):
    """A recording."""

    source: Source


class File(Node, frozen=True, tag="file"):
    """A document, such as a PDF or a text file."""

    source: Source
    name: str | None = None


class Reasoning(Node, frozen=True, tag="reasoning"):
    """What a model thought before it answered. The text is empty where the provider keeps it encrypted."""

    text: str
    seal: Seal | None = None


class Refusal(Node, frozen=True, tag="refusal"):
    """A model's words for not answering, where the provider keeps them apart from the answer."""

    text: str


class ToolCall(Node, frozen=True, tag="tool_call", kw_only=True):
    """A model asks for a tool to be run.

    `arguments` is the JSON text that the model wrote. It may be damaged (a reply cut by its output limit): decode it,
    never trust it. `minted` says that the id is ours because the provider gives none (Gemini before 3, Ollama).
    """

    id: str
    name: str
    arguments: JsonText
    minted: bool = False
    seal: Seal | None = None


class Json(Node, frozen=True, tag="json"):
    """A structured value in a tool result, as JSON text."""

    value: JsonText


class CachePoint(Node, frozen=True, tag="cache_point"):
    """Everything up to here is worth keeping in the provider's prompt cache, for `ttl` where it lets you choose.

    Only some providers want to be told; the others cache by themselves.
    """

    ttl: Literal["5m", "1h"] | None = None


ResultPart: TypeAlias = Text | Json | Image | File | CachePoint
"""What a tool may answer with."""


class ToolResult(Node, frozen=True, tag="tool_result", kw_only=True):
    """What a tool answered to the call `call_id`. With `is_error`, the content says what went wrong."""

    call_id: str
    name: str
    content: tuple[ResultPart, ...]
    is_error: bool = False


class Citation(Node, frozen=True, tag="citation"):
    """A source that an answer rests on; the URL is empty for a document that was sent along.

    `seal` is the citation in the provider's own words, for providers that want it back with the text it belongs to.
    """

    url: str
    title: str | None = None
    seal: Seal | None = None


class Opaque(Node, frozen=True, tag="opaque", kw_only=True):
    """A part that only its own provider understands, kept to be sent back as it came.

    `owner` is the dialect that sent it, `kind` its own word for it, `json` the whole part.
    """

    owner: str
    kind: str
    json: JsonText


SystemPart: TypeAlias = Text | CachePoint
"""What instructions hold."""

UserPart: TypeAlias = Text | Image | Audio | File | CachePoint | Opaque
"""What a user may say."""

AssistantPart: TypeAlias = Text | Reasoning | Refusal | ToolCall | Citation | Image | Audio | Opaque
"""What a model may say."""

Part: TypeAlias = (
    Text | Image | Audio | File | CachePoint | Reasoning | Refusal | ToolCall | ToolResult | Citation | Opaque
)
"""Every kind of part."""
