"""Turns put together for providers that are strict about their order."""

from msgspec import UNSET, Raw, UnsetType
from msgspec.json import decode, encode

from modelmix.dialects.draft import Notes
from modelmix.dialects.openai_chat import wire


def single_system(turns: list[wire.Message], notes: Notes) -> list[wire.Message]:
    """All system messages as one, at the front."""
    systems = [turn for turn in turns if isinstance(turn, wire.SystemMessage)]
    if len(systems) < 2 and (not systems or turns[0] is systems[0]):
        return turns
    notes.changed("system", "this provider takes one system message, at the front", into="one message")
    content = "\n\n".join([_plain(turn.content) for turn in systems])
    return [wire.SystemMessage(content), *[turn for turn in turns if not isinstance(turn, wire.SystemMessage)]]


def alternating(turns: list[wire.Message], notes: Notes) -> list[wire.Message]:
    """Turns of one role that follow each other as one."""
    merged: list[wire.Message] = []
    for turn in turns:
        joined = _joined(merged[-1], turn) if merged else None
        if joined is None:
            merged.append(turn)
        else:
            merged[-1] = joined
            notes.changed("messages", "this provider wants users and assistants to take turns", into="merged turns")
    return merged


def _joined(first: wire.Message, second: wire.Message) -> wire.Message | None:
    match first, second:
        case wire.UserMessage(), wire.UserMessage():
            return wire.UserMessage(_both(first.content, second.content))
        case wire.SystemMessage(), wire.SystemMessage():
            return wire.SystemMessage(_both(first.content, second.content))
        case wire.AssistantMessage(), wire.AssistantMessage():
            said = [text for text in (first.content, second.content) if text]
            calls = [*(first.tool_calls or ()), *(second.tool_calls or ())]
            return wire.AssistantMessage(
                "\n\n".join(said) if said or not calls else None,
                calls or UNSET,
                _words(first.reasoning_content, second.reasoning_content),
                _words(first.reasoning, second.reasoning),
                _details(first.reasoning_details, second.reasoning_details),
            )
        case _:
            return None


def _words(*texts: str | UnsetType) -> str | UnsetType:
    said = [text for text in texts if text is not UNSET]
    return "\n\n".join(said) if said else UNSET


def _details(*lists: Raw | UnsetType) -> Raw | UnsetType:
    given = [decode(each, type=list[Raw]) for each in lists if each is not UNSET]
    return Raw(encode([detail for each in given for detail in each])) if given else UNSET


def _both(first: wire.Content, second: wire.Content) -> wire.Content:
    if isinstance(first, str) and isinstance(second, str):
        return f"{first}\n\n{second}"
    return [*_parts(first), *_parts(second)]


def _parts(content: wire.Content) -> list[wire.ContentPart]:
    return [wire.TextPart(content)] if isinstance(content, str) else content


def _plain(content: wire.Content) -> str:
    if isinstance(content, str):
        return content
    return "\n".join([part.text for part in content if isinstance(part, wire.TextPart)])
