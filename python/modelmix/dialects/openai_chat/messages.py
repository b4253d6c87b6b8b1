"""Turns of a conversation as chat messages."""

from hashlib import blake2b
from typing import Final, TypeAlias

from msgspec import UNSET, Raw

from modelmix.ast.content import (
    AssistantPart,
    CachePoint,
    Citation,
    Image,
    Json,
    Opaque,
    Reasoning,
    Refusal,
    Seal,
    SystemPart,
    Text,
    ToolCall,
    ToolResult,
    UserPart,
)
from modelmix.ast.message import Assistant, Developer, Message, System, Tool, User
from modelmix.dialects.draft import Notes
from modelmix.dialects.openai_chat import media, wire
from modelmix.dialects.openai_chat.merge import alternating, single_system
from modelmix.dialects.replaying import joined_results
from modelmix.errors import Unsupported
from modelmix.jsonvalue import parse
from modelmix.providers.provider import Shape

_OWNER: Final = "openai-chat"

Turns: TypeAlias = list[wire.Message]


def encode_messages(messages: tuple[Message, ...], shape: Shape, notes: Notes) -> Turns | Unsupported:
    """The whole conversation, or the first thing in it that the format cannot say."""
    turns: Turns = []
    for message in joined_results(messages):
        turn: wire.Message | Unsupported
        # Patterns that capture cost three times as much, and agents send hundreds of turns.
        match message:
            case Assistant():
                turns.append(_assistant(message.parts, shape, notes))
                continue
            case User():
                turn = _user(message.parts, shape, notes)
            case Tool():
                turn = _tool(message.results, shape, notes, turns)
            case System():
                turn = instructions(message.parts, shape, notes)
            case Developer():
                turn = _developer(message.parts, shape, notes)
        if isinstance(turn, Unsupported):
            return turn
        turns.append(turn)
    if shape.single_system:
        turns = single_system(turns, notes)
    return alternating(turns, notes) if shape.alternate_roles else turns


def instructions(parts: tuple[SystemPart, ...], shape: Shape, notes: Notes) -> wire.Message:
    """A system message, in the role that the model knows."""
    content = _texts(parts, notes)
    match shape.system_role:
        case "developer":
            return wire.DeveloperMessage(content)
        case "user":
            return wire.UserMessage(content)
        case "system" | None:
            return wire.SystemMessage(content)


def _developer(parts: tuple[SystemPart, ...], shape: Shape, notes: Notes) -> wire.Message:
    if shape.developer_role and shape.system_role != "user":
        return wire.DeveloperMessage(_texts(parts, notes))
    return instructions(parts, shape, notes)


def _texts(parts: tuple[SystemPart, ...], notes: Notes) -> str:
    texts = [part.text for part in parts if isinstance(part, Text)]
    if len(texts) < len(parts):
        _not_marked(notes)
    return "\n".join(texts)


def _not_marked(notes: Notes) -> None:
    notes.dropped("cache_point", "this provider caches without being told what")


def _user(parts: tuple[UserPart, ...], shape: Shape, notes: Notes) -> wire.UserMessage | Unsupported:
    if len(parts) == 1 and isinstance(parts[0], Text):
        return wire.UserMessage(parts[0].text)
    content: list[wire.ContentPart] = []
    for part in parts:
        if isinstance(part, Text):
            content.append(wire.TextPart(part.text))
            continue
        if isinstance(part, CachePoint):
            _not_marked(notes)
            continue
        if isinstance(part, Opaque):
            notes.dropped(part.kind, f"only {part.owner} understands it")
            continue
        spoken = media.encode_media(part, shape, notes)
        if isinstance(spoken, Unsupported):
            return spoken
        content.append(spoken)
    texts = [part.text for part in content if isinstance(part, wire.TextPart)]
    if shape.flatten_text and len(texts) == len(content):
        return wire.UserMessage("\n".join(texts))
    return wire.UserMessage(content)


def _assistant(parts: tuple[AssistantPart, ...], shape: Shape, notes: Notes) -> wire.AssistantMessage:
    if len(parts) == 1 and isinstance(parts[0], Text) and parts[0].seal is None:
        return wire.AssistantMessage(parts[0].text)
    texts: list[str] = []
    calls: list[wire.Call] = []
    thoughts: list[Reasoning] = []
    for part in parts:
        match part:
            case Text() | Refusal():
                if isinstance(part, Text):
                    notes.unsealed(part.seal)
                texts.append(part.text)
            case ToolCall():
                notes.unsealed(part.seal)
                calls.append(wire.Call(_call_id(part.id, shape), wire.Function(part.name, part.arguments)))
            case Reasoning():
                thoughts.append(part)
            case Citation():
                notes.dropped("citation", "sources of earlier answers are not sent back")
            case Opaque():
                notes.dropped(part.kind, "parts of an earlier answer that only their provider understands")
            case _:
                notes.dropped(type(part).__name__.lower(), "an assistant's turn holds text and tool calls only")
    said = "".join(texts) if texts or not calls else None
    message = wire.AssistantMessage(said, calls or UNSET)
    if thoughts:
        _replay(thoughts, message, shape, notes)
    return message


def _replay(thoughts: list[Reasoning], message: wire.AssistantMessage, shape: Shape, notes: Notes) -> None:
    words = "".join([thought.text for thought in thoughts])
    match shape.replay_reasoning:
        case "reasoning_content":
            message.reasoning_content = words
            _unseal(thoughts, notes)
        case "reasoning_details":
            seals = [seal.value for thought in thoughts if (seal := thought.seal) and _is_ours(seal)]
            if seals:
                message.reasoning_details = Raw(_joined(seals).encode())
                if len(seals) < len(thoughts):
                    notes.dropped("reasoning", "beside reasoning that this provider sealed no other goes back")
            elif words:
                message.reasoning = words
            _unseal([thought for thought in thoughts if thought.seal and not _is_ours(thought.seal)], notes)
        case "think":
            if words:
                message.content = f"<think>\n{words.strip()}\n</think>\n\n{message.content or ''}"
            _unseal(thoughts, notes)
        case "none" | None:
            notes.dropped("reasoning", "this provider does not take the reasoning of earlier turns")


def _unseal(thoughts: list[Reasoning], notes: Notes) -> None:
    for thought in thoughts:
        notes.unsealed(thought.seal)


def _is_ours(seal: Seal) -> bool:
    """Whether it is a list of details, as chat completions give them."""
    try:
        return seal.owner == _OWNER and isinstance(parse(seal.value), list)
    except ValueError:
        return False


def _joined(arrays: list[str]) -> str:
    """JSON arrays, as text, as one."""
    return "[" + ",".join([array.strip()[1:-1] for array in arrays if array.strip() != "[]"]) + "]"


def _call_id(call_id: str, shape: Shape) -> str:
    """The id as it is, or one of the length that a strict provider wants: the same for the same id."""
    length = shape.tool_id_length
    if length is None or (len(call_id) == length and call_id.isalnum() and call_id.isascii()):
        return call_id
    return blake2b(call_id.encode()).hexdigest()[:length]


def _tool(
    results: tuple[ToolResult, ...], shape: Shape, notes: Notes, turns: Turns
) -> wire.ToolMessage | wire.UserMessage | Unsupported:
    """Writes all results but the last, and gives the last: pictures follow in a user's turn of their own."""
    shown: list[wire.ContentPart] = []
    messages: list[wire.ToolMessage | wire.UserMessage] = []
    for result in results:
        texts: list[str] = []
        for part in result.content:
            match part:
                case Text():
                    texts.append(part.text)
                case Json():
                    texts.append(part.value)
                case CachePoint():
                    _not_marked(notes)
                case _:
                    spoken = media.encode_media(part, shape, notes)
                    if isinstance(spoken, Unsupported):
                        return spoken
                    shown.append(spoken)
                    kind = "image" if isinstance(part, Image) else "file"
                    notes.changed(kind, "tool results are text here", into="a user's turn after the results")
        if result.is_error:
            notes.dropped("is_error", "results are not marked here; their words tell")
        messages.append(wire.ToolMessage(_call_id(result.call_id, shape), "\n".join(texts)))
    if shown:
        messages.append(wire.UserMessage(shown))
    turns.extend(messages[:-1])
    return messages[-1]
