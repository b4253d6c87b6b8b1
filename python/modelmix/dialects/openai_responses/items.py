"""Turns of a conversation as items."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final, TypeAlias

from msgspec import UNSET, Raw

from modelmix.ast.content import (
    AssistantPart,
    CachePoint,
    Citation,
    Json,
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
from modelmix.dialects.openai_responses import wire
from modelmix.dialects.openai_responses.media import encode_media
from modelmix.dialects.openai_responses.replay import OWNER, annotation, kept, reasoning_item, without_id
from modelmix.dialects.replaying import verbatim
from modelmix.errors import Unsupported
from modelmix.jsonvalue import JsonValue, parse
from modelmix.providers.provider import Shape

Items: TypeAlias = list[wire.Item]

_LONGEST_ID: Final = 64
"""400 `string_above_max_length` for a longer `call_id` (`decolua/9router#393`)."""


def encode_items(messages: tuple[Message, ...], shape: Shape, notes: Notes, *, stored: bool) -> Items | Unsupported:
    """The whole conversation, or the first thing in it that the format cannot say."""
    items: Items = []
    calls: dict[str, wire.FunctionCall | wire.CustomCall] = {}
    for message in messages:
        why: Unsupported | None = None
        match message:
            case Assistant():
                items.extend(_assistant(message.parts, calls, notes, stored=stored))
            case User():
                why = _user(message.parts, items, shape, notes)
            case Tool():
                why = _tool(message.results, calls, items, shape, notes)
            case System():
                items.append(instructions(message.parts, shape, notes))
            case Developer():
                items.append(_developer(message.parts, shape, notes))
        if why is not None:
            return why
    return items


def instructions(parts: tuple[SystemPart, ...], shape: Shape, notes: Notes) -> wire.InputMessage:
    """A system message, in the role that the model knows."""
    return wire.InputMessage(shape.system_role or "system", _texts(parts, shape, notes))


def _developer(parts: tuple[SystemPart, ...], shape: Shape, notes: Notes) -> wire.InputMessage:
    if shape.developer_role is False or shape.system_role == "user":
        return instructions(parts, shape, notes)
    return wire.InputMessage("developer", _texts(parts, shape, notes))


def _texts(parts: tuple[SystemPart, ...], shape: Shape, notes: Notes) -> str | list[wire.InputPart]:
    if all(isinstance(part, Text) for part in parts):
        return "\n".join([part.text for part in parts if isinstance(part, Text)])
    content: list[wire.InputPart] = []
    for part in parts:
        if isinstance(part, Text):
            content.append(wire.InputText(part.text))
        else:
            _mark(part, content, shape, notes)
    return content


def _mark(point: CachePoint, content: list[wire.InputPart], shape: Shape, notes: Notes) -> None:
    """Marks what stands before a cache point, where the model takes marks."""
    if not shape.cache_points:
        notes.dropped("cache_point", "this provider caches without being told what")
    elif not content:
        notes.dropped("cache_point", "there is nothing before it in its message")
    else:
        content[-1].prompt_cache_breakpoint = wire.Breakpoint()
        if point.ttl is not None:
            notes.changed("cache_point", "the time to live is the request's, half an hour at least", into="30m")


def _user(parts: tuple[UserPart, ...], items: Items, shape: Shape, notes: Notes) -> Unsupported | None:
    if len(parts) == 1 and isinstance(parts[0], Text):
        items.append(wire.InputMessage("user", parts[0].text))
        return None
    content: list[wire.InputPart] = []
    for part in parts:
        match part:
            case Text():
                content.append(wire.InputText(part.text))
            case CachePoint():
                _mark(part, content, shape, notes)
            case Opaque():
                # What answers an item of the provider's own, such as an approval, is an item beside the messages.
                for item in verbatim(part, OWNER, notes):
                    if content:
                        items.append(wire.InputMessage("user", content))
                    content = []
                    items.append(item)
            case _:
                spoken = encode_media(part, notes)
                if isinstance(spoken, Unsupported):
                    return spoken
                content.append(spoken)
    if content or not parts:
        items.append(wire.InputMessage("user", content))
    return None


class _Turn:
    """An assistant's turn while its items are put together."""

    def __init__(self) -> None:
        self.items: Items = []
        self.said: wire.OutputMessage | None = None
        self.thought: tuple[int, wire.Replayed] | None = None

    def add(self, item: wire.Item, notes: Notes) -> None:
        """Another item; reasoning before it keeps its id only if the item keeps its own.

        A reasoning item is refused "without its required following item", which is told by the id. Encrypted
        reasoning needs none: it is taken without (45 of 45 recorded items).
        """
        if self.thought is not None:
            self.lone(notes, followed=isinstance(item, Raw) or getattr(item, "id", UNSET) is not UNSET)
        self.items.append(item)

    def lone(self, notes: Notes, *, followed: bool) -> None:
        """Settles the reasoning that came last."""
        if self.thought is None:
            return
        at, item = self.thought
        self.thought = None
        known = self.items[at]
        if not followed and item.id and item.encrypted_content and isinstance(known, Raw):
            self.items[at] = without_id(known)
            notes.changed("reasoning", "what followed it is not there as it was", into="without its id")


def _assistant(
    parts: tuple[AssistantPart, ...],
    calls: dict[str, wire.FunctionCall | wire.CustomCall],
    notes: Notes,
    *,
    stored: bool,
) -> Items:
    turn = _Turn()
    for part in parts:
        if isinstance(part, Text | ToolCall):
            notes.unsealed(part.seal, OWNER)
        match part:
            case Text() | Refusal():
                _say(part, turn, notes)
                continue
            case Citation():
                _cite(part, turn, notes)
                continue
            case ToolCall():
                call = _call(part)
                calls[part.id] = call
                turn.add(call, notes)
            case Reasoning():
                _think(part, turn, notes, stored=stored)
            case Opaque():
                for item in verbatim(part, OWNER, notes):
                    turn.add(item, notes)
            case _:
                kind = type(part).__name__.lower()
                notes.dropped(kind, "an assistant's turn holds text, tool calls and reasoning only")
        turn.said = None
    turn.lone(notes, followed=False)
    return turn.items


def _say(part: Text | Refusal, turn: _Turn, notes: Notes) -> None:
    """More of a message, or another: its label and its id tell where it begins."""
    kept_with = kept(part.seal if isinstance(part, Text) else None)
    said = turn.said
    other = isinstance(part, Text) and said is not None and (kept_with.id, kept_with.phase) != (said.id, said.phase)
    if said is None or other:
        said = wire.OutputMessage([], id=kept_with.id, phase=kept_with.phase)
        turn.add(said, notes)
        turn.said = said
    said.content.append(wire.OutputText(part.text) if isinstance(part, Text) else wire.OutputRefusal(part.text))


def _cite(part: Citation, turn: _Turn, notes: Notes) -> None:
    """A source goes back with the text before it, in the provider's own words."""
    own = annotation(part.seal)
    last = turn.said.content[-1] if turn.said else None
    if own is None or not isinstance(last, wire.OutputText):
        notes.dropped("citation", "sources go back in the provider's own words, with their text")
        return
    last.annotations = [*(last.annotations or ()), own]


def _think(part: Reasoning, turn: _Turn, notes: Notes, *, stored: bool) -> None:
    replayed = reasoning_item(part, stored=stored)
    if replayed is None:
        notes.dropped("reasoning", "only reasoning that this provider encrypted goes back to it")
        return
    raw, item = replayed
    turn.add(raw, notes)
    turn.thought = (len(turn.items) - 1, item)


def _call(part: ToolCall) -> wire.FunctionCall | wire.CustomCall:
    kept_with, call_id = kept(part.seal), _call_id(part.id)
    words = _words(part.arguments)
    if words is not None:
        return wire.CustomCall(call_id, part.name, words, kept_with.id, kept_with.namespace, kept_with.caller)
    arguments = part.arguments
    return wire.FunctionCall(call_id, part.name, arguments, kept_with.id, kept_with.namespace, kept_with.caller)


def _words(arguments: str) -> str | None:
    """The input of a custom tool: functions take objects, so a JSON string is nothing else."""
    if not arguments.lstrip().startswith('"'):
        return None
    try:
        value: JsonValue = parse(arguments)
    except ValueError:
        return None
    return value if isinstance(value, str) else None


def _call_id(call_id: str) -> str:
    """The id as it is, or a shorter one: the same for the same id."""
    return call_id if len(call_id) <= _LONGEST_ID else f"call_{blake2b(call_id.encode(), digest_size=24).hexdigest()}"


def _tool(
    results: tuple[ToolResult, ...],
    calls: Mapping[str, wire.FunctionCall | wire.CustomCall],
    items: Items,
    shape: Shape,
    notes: Notes,
) -> Unsupported | None:
    for result in results:
        output = _output(result, shape, notes)
        if isinstance(output, Unsupported):
            return output
        if result.is_error:
            notes.dropped("is_error", "results are not marked here; their words tell")
        call = calls.get(result.call_id)
        caller = UNSET if call is None else call.caller
        kind = wire.CustomOutput if isinstance(call, wire.CustomCall) else wire.FunctionOutput
        items.append(kind(_call_id(result.call_id), output, caller))
    return None


def _output(result: ToolResult, shape: Shape, notes: Notes) -> str | list[wire.InputPart] | Unsupported:
    """Text alone as text, which every server takes; anything else as parts."""
    content: list[wire.InputPart] = []
    for part in result.content:
        match part:
            case Text():
                content.append(wire.InputText(part.text))
            case Json():
                content.append(wire.InputText(part.value))
            case CachePoint():
                _mark(part, content, shape, notes)
            case _:
                spoken = encode_media(part, notes)
                if isinstance(spoken, Unsupported):
                    return spoken
                content.append(spoken)
    texts = [
        part.text for part in content if isinstance(part, wire.InputText) and part.prompt_cache_breakpoint is UNSET
    ]
    return "\n".join(texts) if len(texts) == len(content) else content
