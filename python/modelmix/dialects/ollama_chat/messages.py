"""Turns of a conversation as messages."""

from typing import TypeAlias

from msgspec import UNSET, Raw
from msgspec.json import encode as to_json

from modelmix.ast.content import (
    AssistantPart,
    Audio,
    CachePoint,
    Citation,
    File,
    Image,
    Json,
    JsonText,
    Opaque,
    Reasoning,
    Refusal,
    SystemPart,
    Text,
    ToolCall,
    ToolResult,
    UserPart,
)
from modelmix.ast.message import Assistant, Developer, Message, System, Tool, User
from modelmix.dialects.draft import Notes
from modelmix.dialects.ollama_chat import wire
from modelmix.dialects.ollama_chat.media import OWNER, Said, add_media
from modelmix.dialects.replaying import joined_results, verbatim
from modelmix.errors import Unsupported
from modelmix.jsonvalue import parse
from modelmix.providers.provider import Shape

Turns: TypeAlias = list[wire.Message]


def encode_messages(messages: tuple[Message, ...], shape: Shape, notes: Notes) -> Turns | Unsupported:
    """The whole conversation, or the first thing in it that the format cannot say."""
    turns: Turns = []
    order: dict[str, int] = {}
    for message in joined_results(messages):
        match message:
            case Assistant(parts):
                turns.append(_assistant(parts, shape, notes))
                order = {part.id: at for at, part in enumerate(parts) if isinstance(part, ToolCall)}
            case User(parts):
                said = _said(parts, notes)
                if isinstance(said, Unsupported):
                    return said
                turns.append(wire.UserMessage(said.text, said.images or UNSET))
            case Tool(results):
                for result in _ordered(results, order, notes):
                    turn = _tool(result, notes)
                    if isinstance(turn, Unsupported):
                        return turn
                    turns.append(turn)
            case System(parts) | Developer(parts):
                turns.append(instructions(parts, notes))
    return turns


def instructions(parts: tuple[SystemPart, ...], notes: Notes) -> wire.SystemMessage:
    """A system message."""
    texts = [part.text for part in parts if isinstance(part, Text)]
    if len(texts) < len(parts):
        _not_marked(notes)
    return wire.SystemMessage("\n".join(texts))


def _not_marked(notes: Notes) -> None:
    notes.dropped("cache_point", "Ollama caches without being told what")


def _said(parts: tuple[UserPart | Json, ...], notes: Notes) -> Said | Unsupported:
    said = Said()
    for part in parts:
        match part:
            case Text():
                said.words.append(part.text)
            case Json():
                said.words.append(part.value)
            case CachePoint():
                _not_marked(notes)
            case Opaque():
                notes.dropped(part.kind, f"only {part.owner} understands it")
            case Image() | Audio() | File():
                problem = add_media(part, said, notes)
                if problem is not None:
                    return problem
    return said


def _assistant(parts: tuple[AssistantPart, ...], shape: Shape, notes: Notes) -> wire.AssistantMessage:
    texts: list[str] = []
    thoughts: list[str] = []
    calls: list[wire.Call] = []
    images: list[Raw] = []
    for part in parts:
        if isinstance(part, Text | Reasoning | ToolCall) and part.seal is not None:
            notes.dropped("seal", f"only {part.seal.owner} understands it")
        match part:
            case Text() | Refusal():
                texts.append(part.text)
            case ToolCall():
                calls.append(wire.Call(wire.Function(part.name, _arguments(part.arguments, notes))))
            case Reasoning():
                thoughts.append(_thought(part, shape, notes))
            case Opaque(owner=owner, kind="image") if owner == OWNER:
                images.extend(verbatim(part, OWNER, notes))
            case _:
                _leave_out(part, notes)
    thinking = "".join(thoughts)
    return wire.AssistantMessage("".join(texts), thinking or UNSET, images or UNSET, calls or UNSET)


def _thought(part: Reasoning, shape: Shape, notes: Notes) -> str:
    """The words of a thought, which any model may be told."""
    if part.text and shape.replay_reasoning == "none":
        notes.dropped("reasoning", "this provider does not take the reasoning of earlier turns")
        return ""
    return part.text


def _leave_out(part: AssistantPart, notes: Notes) -> None:
    match part:
        case Opaque():
            notes.dropped(part.kind, f"only {part.owner} understands it")
        case Citation():
            notes.dropped("citation", "sources of earlier answers are not sent back")
        case _:
            notes.dropped(type(part).__name__.lower(), "an assistant's turn holds text and tool calls only")


def _arguments(arguments: JsonText, notes: Notes) -> Raw:
    """The arguments as the object that the server reads; what is none goes as the text of one member."""
    try:
        is_object = isinstance(parse(arguments), dict)
    except ValueError:
        is_object = False
    if is_object:
        return Raw(arguments.encode())
    notes.changed(
        "arguments", "Ollama refuses arguments that are no JSON object", into="an object that holds their text"
    )
    return Raw(to_json({"arguments": arguments}))


def _ordered(results: tuple[ToolResult, ...], order: dict[str, int], notes: Notes) -> list[ToolResult]:
    """The results in the order of their calls, which is all that tells them apart here: there are no ids."""
    ordered = sorted(results, key=lambda result: order.get(result.call_id, len(order)))
    if ordered != [*results]:
        notes.changed("results", "Ollama has no ids for calls", into="the order of the calls")
    return ordered


def _tool(result: ToolResult, notes: Notes) -> wire.ToolMessage | Unsupported:
    said = _said(result.content, notes)
    if isinstance(said, Unsupported):
        return said
    if result.is_error:
        notes.dropped("is_error", "Ollama has no mark for a tool that failed; its words say so")
    return wire.ToolMessage(said.text, result.name, said.images or UNSET)
