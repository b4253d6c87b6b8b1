"""The parts of each turn as content blocks."""

from typing import Final

from msgspec import UNSET, Raw
from msgspec.json import encode as to_json

from modelmix.ast.content import (
    AssistantPart,
    CachePoint,
    Citation,
    Json,
    JsonText,
    Opaque,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    ToolResult,
    UserPart,
)
from modelmix.ast.message import Assistant, Developer, Message, System, Tool, User
from modelmix.dialects.anthropic_messages import wire
from modelmix.dialects.anthropic_messages.caching import mark
from modelmix.dialects.anthropic_messages.media import encode_media
from modelmix.dialects.anthropic_messages.turns import Turns
from modelmix.dialects.draft import Notes
from modelmix.errors import Unsupported
from modelmix.jsonvalue import JsonValue, parse

_OWNER: Final = "anthropic-messages"


def encode_messages(messages: tuple[Message, ...], notes: Notes) -> Turns | Unsupported:
    """The whole conversation, or the first thing in it that the format cannot say."""
    turns = Turns(notes)
    spoken: Message | None = None
    for message in messages:
        problem: Unsupported | None = None
        match message:
            case Assistant():
                _assistant(message.parts, turns)
            case User():
                problem = _user(message.parts, turns)
            case Tool():
                problem = _results(message.results, turns)
            case System() | Developer():
                _instruct(message, turns)
                continue
        if problem is not None:
            return problem
        if isinstance(message, User | Assistant) and type(message) is type(spoken):
            notes.changed("messages", "users and assistants take turns here", into="merged turns")
        spoken = message
    return turns


def _instruct(message: System | Developer, turns: Turns) -> None:
    if turns.begun():
        turns.notes.changed("system", "instructions stand before the conversation here", into="system")
    for part in message.parts:
        if isinstance(part, CachePoint):
            if not mark(turns.system, part):
                turns.notes.dropped("cache_point", "there is nothing before it to be cached")
        elif _has_words(part.text, "system", turns.notes):
            turns.system.append(wire.TextBlock(part.text))


def _has_words(text: str, field: str, notes: Notes) -> bool:
    """Whether a text may be sent: one without words is refused."""
    if not text.strip():
        notes.dropped(field, "a text without words is refused")
        return False
    return True


def _user(parts: tuple[UserPart, ...], turns: Turns) -> Unsupported | None:
    content = turns.speak("user")
    for part in parts:
        match part:
            case Text():
                if _has_words(part.text, "text", turns.notes):
                    content.append(wire.TextBlock(part.text))
            case CachePoint():
                turns.point(part)
            case Opaque():
                _replay(part, content, turns.notes)
            case _:
                spoken = encode_media(part, turns.notes)
                if isinstance(spoken, Unsupported):
                    return spoken
                content.append(spoken)
    return None


def _assistant(parts: tuple[AssistantPart, ...], turns: Turns) -> None:
    notes, content = turns.notes, turns.speak("assistant")
    for part in parts:
        if isinstance(part, Text | ToolCall):
            notes.unsealed(part.seal)
        match part:
            case Text() | Refusal():
                if _has_words(part.text, "text", notes):
                    content.append(wire.TextBlock(part.text))
            case Reasoning():
                if part.seal is not None and part.seal.owner == _OWNER:
                    content.append(wire.ThinkingBlock(part.text, part.seal.value))
                else:
                    notes.dropped("reasoning", "thinking goes back only with the signature it came with")
            case ToolCall():
                content.append(wire.ToolUseBlock(turns.ids.call(part.id), part.name, _input(part.arguments, notes)))
            case Citation():
                _cite(part, content, notes)
            case Opaque():
                _replay(part, content, notes)
            case _:
                notes.dropped(type(part).__name__.lower(), "an assistant's turn holds words and calls only")


def _replay(part: Opaque, content: wire.Content, notes: Notes) -> None:
    """A part of Anthropic's own, as it came."""
    if part.owner != _OWNER:
        notes.dropped(part.kind, f"only {part.owner} understands it")
    elif _object(part.json) is None:
        notes.dropped(part.kind, "it is no JSON object")
    else:
        content.append(Raw(part.json.encode()))


def _object(text: str) -> dict[str, JsonValue] | None:
    """The object that a text is, if it is one."""
    try:
        value = parse(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _input(arguments: JsonText, notes: Notes) -> Raw:
    """The arguments as the model wrote them. The format has none but objects."""
    if _object(arguments) is None:
        notes.changed("arguments", "what a tool is called with must be a JSON object", into="{}")
        return Raw(b"{}")
    return Raw(arguments.encode())


_FILE: Final = "file_id"
"""In citations of a reply, but not among those that a request may have: `CitationCharLocationParam` of anthropic."""


def _cite(part: Citation, content: wire.Content, notes: Notes) -> None:
    """Attaches a citation to the text that it came with."""
    text = content[-1] if content else None
    sealed = part.seal is not None and part.seal.owner == _OWNER
    cited = _object(part.seal.value) if part.seal is not None and sealed else None
    if cited is None or part.seal is None or not isinstance(text, wire.TextBlock):
        notes.dropped("citation", "sources go back only as they came, with their text")
        return
    known = Raw(part.seal.value.encode())
    if _FILE in cited:
        known = Raw(to_json({name: value for name, value in cited.items() if name != _FILE}))
    text.citations = [*(text.citations or ()), known]


def _results(results: tuple[ToolResult, ...], turns: Turns) -> Unsupported | None:
    for result in results:
        blocks = _result(result, turns)
        if isinstance(blocks, Unsupported):
            return blocks
        known = turns.ids.result(result.call_id)
        if known is not None:
            turns.answer(
                wire.ToolResultBlock(known, _said(blocks) or UNSET, is_error=True if result.is_error else UNSET)
            )
        elif blocks:
            turns.notes.changed("tool_result", "a result must follow the call that it answers", into="text")
            turns.remark(*blocks)
        else:
            turns.notes.dropped("tool_result", "a result must follow the call that it answers")
    return None


def _said(blocks: list[wire.ResultBlock]) -> str | list[wire.ResultBlock]:
    if len(blocks) == 1:
        block = blocks[0]
        if isinstance(block, wire.TextBlock) and block.cache_control is UNSET:
            return block.text
    return blocks


def _result(result: ToolResult, turns: Turns) -> list[wire.ResultBlock] | Unsupported:
    blocks: list[wire.ResultBlock] = []
    for part in result.content:
        match part:
            case Text():
                if _has_words(part.text, "text", turns.notes):
                    blocks.append(wire.TextBlock(part.text))
            case Json():
                blocks.append(wire.TextBlock(part.value))
            case CachePoint():
                if not mark(blocks, part):
                    turns.point(part)
            case _:
                spoken = encode_media(part, turns.notes)
                if isinstance(spoken, Unsupported):
                    return spoken
                blocks.append(spoken)
    return blocks
