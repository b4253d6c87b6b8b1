"""Turns of a conversation as contents and an instruction."""

from typing import Final

from msgspec import UNSET, Raw, Struct
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
    Seal,
    SystemPart,
    Text,
    ToolCall,
    ToolResult,
    UserPart,
)
from modelmix.ast.message import Assistant, Developer, Message, System, Tool, User
from modelmix.dialects.draft import Notes
from modelmix.dialects.google_generate import wire
from modelmix.dialects.google_generate.media import encode_media
from modelmix.dialects.replaying import joined_results, verbatim
from modelmix.jsonvalue import parse
from modelmix.providers.provider import Shape

_OWNER: Final = "google-generate"


class Conversation(Struct, frozen=True):
    """The instruction, and the turns after it."""

    instruction: list[wire.Part]
    contents: list[wire.Content]


def encode_messages(messages: tuple[Message, ...], shape: Shape, notes: Notes) -> Conversation:
    """The whole conversation. There is nothing in it that Gemini cannot be told in some way."""
    talk = Conversation([], [])
    asked: dict[str, ToolCall] = {}
    for message in joined_results(messages):
        match message:
            case System() | Developer():
                _instruct(message.parts, talk, shape, notes)
                continue
            case User():
                content = wire.Content("user", _user(message.parts, notes))
            case Assistant():
                content = wire.Content("model", _model(message.parts, shape, notes))
                asked = {part.id: part for part in message.parts if isinstance(part, ToolCall)}
            case Tool():
                content = wire.Content("user", _results(message.results, asked, shape, notes))
        # Gemini refuses an empty turn.
        if content.parts:
            talk.contents.append(content)
    if not talk.contents and talk.instruction:
        notes.changed("system", "Gemini answers to a turn only", into="a user's turn")
        return Conversation([], [wire.Content("user", [*talk.instruction])])
    return talk


def _instruct(parts: tuple[SystemPart, ...], talk: Conversation, shape: Shape, notes: Notes) -> None:
    texts: list[wire.Part] = []
    for part in parts:
        if isinstance(part, Text):
            texts.append(wire.Part(text=part.text))
        else:
            _not_marked(notes)
    if not texts:
        return
    if shape.system_role == "user":
        notes.changed("system", "this model knows no instructions", into="a user's turn")
        talk.contents.append(wire.Content("user", [*texts]))
        return
    if talk.contents:
        notes.changed("system", "Gemini takes instructions at the front only", into="an instruction at the front")
    talk.instruction.extend(texts)


def _not_marked(notes: Notes) -> None:
    notes.dropped("cache_point", "Gemini caches without being told what")


def _user(parts: tuple[UserPart, ...], notes: Notes) -> list[wire.AnyPart]:
    said: list[wire.AnyPart] = []
    for part in parts:
        match part:
            case Text():
                said.append(wire.Part(text=part.text))
            case CachePoint():
                _not_marked(notes)
            case Opaque():
                said.extend(verbatim(part, _OWNER, notes))
            case Image() | Audio() | File():
                said.append(encode_media(part, notes))
    return said


def _model(parts: tuple[AssistantPart, ...], shape: Shape, notes: Notes) -> list[wire.AnyPart]:
    said: list[wire.AnyPart] = []
    called = False
    for part in parts:
        match part:
            case Text():
                signature = _signature(part.seal, notes)
                if part.text or signature:
                    said.append(wire.Part(text=part.text, thought_signature=signature or UNSET))
            case Refusal():
                said.append(wire.Part(text=part.text))
            case Reasoning():
                said.extend(_thought(part, notes))
            case ToolCall():
                said.append(_call(part, shape, notes, first=not called))
                called = True
            case Image() | Audio():
                said.append(encode_media(part, notes))
            case Citation():
                notes.dropped("citation", "sources of earlier answers are not sent back")
            case Opaque():
                said.extend(verbatim(part, _OWNER, notes))
    return said


def _signature(seal: Seal | None, notes: Notes) -> str | None:
    if seal is None:
        return None
    if seal.owner == _OWNER:
        return seal.value
    notes.dropped("seal", f"only {seal.owner} can read it")
    return None


def _thought(part: Reasoning, notes: Notes) -> list[wire.Part]:
    """Thoughts go back with the signature they came with; a signature without words is a part of its own."""
    if part.seal is None or part.seal.owner != _OWNER:
        notes.dropped("reasoning", "Gemini takes back no reasoning but what it signed")
        return []
    thought = True if part.text else UNSET
    return [wire.Part(text=part.text, thought=thought, thought_signature=part.seal.value)]


def _call(part: ToolCall, shape: Shape, notes: Notes, *, first: bool) -> wire.Part:
    signature = _signature(part.seal, notes)
    if signature is None and first and shape.call_seal:
        # https://ai.google.dev/gemini-api/docs/thought-signatures#faqs: what stands in where the real one is missing.
        signature = shape.call_seal
        notes.added("seal", "this model refuses a call that nobody signed", into=signature)
    call_id = UNSET if part.minted else part.id
    call = wire.FunctionCall(part.name, Raw(_arguments(part.arguments, notes).encode()), call_id)
    return wire.Part(function_call=call, thought_signature=signature or UNSET)


def _arguments(text: JsonText, notes: Notes) -> str:
    """The arguments as they were written, if they are the object that Gemini wants."""
    if not text.strip():
        return "{}"
    if isinstance(_value(text), dict):
        return text
    notes.changed("arguments", "Gemini takes an object only", into="an object that holds their text")
    return to_json({"arguments": text}).decode()


def _value(text: str) -> object:
    """The value of a document; None where it is none."""
    try:
        return parse(text)
    except ValueError:
        return None


def _results(
    results: tuple[ToolResult, ...], asked: dict[str, ToolCall], shape: Shape, notes: Notes
) -> list[wire.AnyPart]:
    """The results in the order of their calls, then the media that a result cannot hold."""
    order = {call_id: place for place, call_id in enumerate(asked)}
    said: list[wire.AnyPart] = []
    shown: list[wire.AnyPart] = []
    for result in sorted(results, key=lambda result: order.get(result.call_id, len(order))):
        held: list[wire.Part] = []
        for part in result.content:
            if isinstance(part, CachePoint):
                _not_marked(notes)
            elif isinstance(part, Image | File):
                _show(part, held, shown, shape, notes)
        call = asked.get(result.call_id)
        call_id = UNSET if call is not None and call.minted else result.call_id
        response = {"error" if result.is_error else "output": _output(result)}
        answer = wire.FunctionResponse(result.name, response, call_id, held or UNSET)
        said.append(wire.Part(function_response=answer))
    return [*said, *shown]


def _show(part: Image | File, held: list[wire.Part], shown: list[wire.AnyPart], shape: Shape, notes: Notes) -> None:
    spoken = encode_media(part, notes)
    if shape.result_media:
        held.append(spoken)
        return
    kind = "image" if isinstance(part, Image) else "file"
    notes.changed(kind, "results of tools cannot hold it here", into="a part after the results")
    shown.append(spoken)


def _output(result: ToolResult) -> Raw:
    """What a tool said: a single structured value as it is, anything else as text."""
    told = [part for part in result.content if isinstance(part, Text | Json)]
    match told:
        case [Json(value)] if value.strip() == "null" or _value(value) is not None:
            return Raw(value.encode())
        case _:
            return Raw(to_json("\n".join([part.text if isinstance(part, Text) else part.value for part in told])))
