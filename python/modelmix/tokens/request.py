"""A whole request as tokens: its words, and what the model's template puts around them."""

from typing import Final

from modelmix.ast.content import (
    Audio,
    Bytes,
    File,
    Image,
    Opaque,
    ToolCall,
    ToolResult,
)
from modelmix.ast.message import Message
from modelmix.ast.options import Shaped
from modelmix.ast.request import Request
from modelmix.ast.texts import parts_of, texts_of
from modelmix.ast.tool import ToolSpec
from modelmix.jsonvalue import JsonValue, parse
from modelmix.node import Node
from modelmix.tokens.counted import Counted
from modelmix.tokens.encoding import EncodingName, count
from modelmix.tokens.family import Family, family_of
from modelmix.tokens.size import size_of
from modelmix.tokens.vision import picture_tokens


class Pieces(Node, frozen=True, kw_only=True):
    """What a request holds: tokens of an encoding where words are counted, else how many there are.

    `media` is in the model's own tokens, and so is `functions`, the tools by OpenAI's formula.
    """

    text: int = 0
    messages: int = 0
    exchanges: int = 0
    tools: int = 0
    specs: int = 0
    schema: int = 0
    functions: int | None = None
    thinking: bool = False
    media: int = 0
    notes: tuple[str, ...] = ()


def count_text(text: str, model: str) -> Counted:
    """A text alone, as a model would cut it; exact where its encoding is known."""
    family = family_of(model)
    tokens = count(text, family.encoding)
    if family.own:
        return Counted(tokens=tokens, exact=True, by=family.encoding)
    return Counted(tokens=round(tokens * family.weights.text), exact=False, by=described(family))


def count_request(request: Request, model: str) -> Counted:
    """Everything a model is asked, as it will be billed for input.

    The wire format makes no difference to it: the model's own template is what its words are put into.
    """
    family = family_of(model)
    pieces = weigh(request, model)
    bare = Pieces(text=pieces.text, messages=pieces.messages)
    # Providers leave an empty turn out, or not.
    spoken = all(any(texts_of(part)) for message in request.messages for part in parts_of(message))
    if family.exact and pieces == bare and spoken and all(map(_has_parts, request.messages)):
        tokens = pieces.text + round(pieces.messages * family.weights.message + family.weights.request)
        return Counted(tokens=tokens, exact=True, by=family.encoding)
    return Counted(tokens=added_up(pieces, family), exact=False, by=described(family), notes=pieces.notes)


def described(family: Family) -> str:
    """How an estimate for a family is made."""
    return f"{family.encoding}, weighted for {family.name}"


def added_up(pieces: Pieces, family: Family) -> int:
    """What the pieces come to with a family's weights."""
    weights = family.weights
    whole = weights.request + weights.text * pieces.text + weights.message * pieces.messages
    whole += weights.exchange * pieces.exchanges + weights.thinking * pieces.thinking + weights.schema * pieces.schema
    if pieces.functions is None:
        whole += weights.tools * bool(pieces.tools) + weights.tool * pieces.tools + weights.spec * pieces.specs
    else:
        whole += pieces.functions
    return max(0, round(whole)) + pieces.media


def weigh(request: Request, model: str) -> Pieces:
    """The pieces of a request in the encoding that goes with a model."""
    family = family_of(model)
    parts = [part for message in request.messages for part in parts_of(message)]
    texts = [text for part in parts for text in texts_of(part)]
    formula = bool(request.tools) and family.function is not None
    media = [_media(part, model) for part in parts if isinstance(part, Image | Audio | File | Opaque)]
    options = request.options
    return Pieces(
        text=sum(count(text, family.encoding) for text in texts),
        messages=len(request.messages),
        exchanges=sum(isinstance(part, ToolCall | ToolResult) for part in parts),
        tools=len(request.tools),
        specs=0 if formula else sum(count(_spec(tool), family.encoding) for tool in request.tools),
        schema=count(request.output.schema, family.encoding) if isinstance(request.output, Shaped) else 0,
        functions=_functions(request.tools, family) if formula else None,
        thinking=options.reasoning_effort not in {None, "none"} or bool(options.reasoning_budget),
        media=sum(tokens for tokens, _ in media),
        notes=tuple(dict.fromkeys([note for _, note in media if note])),
    )


def _has_parts(message: Message) -> bool:
    return any(True for _ in parts_of(message))


def _media(part: Image | Audio | File | Opaque, model: str) -> tuple[int, str]:
    """The tokens of a part that is no words, and what is to be said about them."""
    match part:
        case Image(source=source, detail=detail):
            size = size_of(source.data) if isinstance(source, Bytes) else None
            tokens = picture_tokens(model, size, detail)
            if tokens is None:
                return 0, "pictures are not counted: no formula is published for this model"
            return tokens, "" if size else "a picture of unknown size is counted at its largest"
        case Audio():
            return 0, "recordings are not counted: their length is not known"
        case File(source=Bytes(media_type=kind)) if kind.startswith("text/"):
            return 0, ""
        case File():
            return 0, "documents are not counted: the number of their pages is not known"
        case Opaque():
            return 0, "parts that only the provider understands are not counted"


# OpenAI's cookbook, "How to count tokens with tiktoken", section 7.
_PROPERTIES: Final = 3
_PROPERTY: Final = 3
_ENUM: Final = -3
_WORD: Final = 3
_END: Final = 12


def _functions(tools: tuple[ToolSpec, ...], family: Family) -> int:
    """Tools by OpenAI's published formula, which knows the first level of their parameters."""
    return _END + sum((family.function or 0) + _function(tool, family.encoding) for tool in tools)


def _function(tool: ToolSpec, encoding: EncodingName) -> int:
    tokens = count(f"{tool.name}:{tool.description.removesuffix('.')}", encoding)
    schema = _object(tool.parameters)
    properties = schema.get("properties")
    if isinstance(properties, dict) and properties:
        tokens += _PROPERTIES
        tokens += sum(_property(name, value, encoding) for name, value in properties.items())
    return tokens


def _property(name: str, value: JsonValue, encoding: EncodingName) -> int:
    said = value if isinstance(value, dict) else {}
    kind, about, words = said.get("type", ""), said.get("description", ""), said.get("enum")
    description = about.removesuffix(".") if isinstance(about, str) else ""
    tokens = _PROPERTY + count(f"{name}:{kind if isinstance(kind, str) else ''}:{description}", encoding)
    if isinstance(words, list):
        tokens += _ENUM + sum(_WORD + count(str(word), encoding) for word in words)
    return tokens


def _object(text: str) -> dict[str, JsonValue]:
    try:
        found = parse(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _spec(tool: ToolSpec) -> str:
    """A tool as one text, for families whose form of tools is not published."""
    return f"{tool.name}\n{tool.description}\n{tool.parameters}"
